/** How many of the latest lines are kept to be read, where not all are. */
const TAIL = 400

export interface SimulationLogOptions {
  /** Keep every line, not only the latest. */
  readonly keepAll?: boolean
}

/**
 * What happened, line by line, and a hash over all of it: equal seeds have equal hashes. The hash is cyrb53 by bryc (public
 * domain): it is quick, and nobody wants to deceive us.
 */
export class SimulationLog {
  readonly #keepAll: boolean
  #lines: string[] = []
  #length = 0
  #high = 0xdeadbeef
  #low = 0x41c6ce57

  constructor({ keepAll = false }: SimulationLogOptions = {}) {
    this.#keepAll = keepAll
  }

  /** All lines so far; many of them may be dropped already. */
  get length(): number {
    return this.#length
  }

  /** Adds a line; `at` in monotonic milliseconds. */
  add(at: number, text: string): void {
    const line = `${at.toFixed(3).padStart(11)} ${text}`
    this.#mix(line)
    this.#length += 1
    this.#lines.push(line)
    if (!this.#keepAll && this.#lines.length > 2 * TAIL) this.#lines = this.#lines.slice(-TAIL)
  }

  /** Counts towards the hash without being kept: for what comes too often to be read. */
  note(at: number, text: string): void {
    if (this.#keepAll) this.add(at, text)
    else this.#mix(`${at.toFixed(3).padStart(11)} ${text}`)
  }

  /** The lines that are kept: all, or the latest few hundred. */
  get lines(): readonly string[] {
    return this.#keepAll ? this.#lines : this.#lines.slice(-TAIL)
  }

  /** Fourteen hexadecimal digits. */
  get hash(): string {
    let high = this.#high
    let low = this.#low
    high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
    low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
    return (4294967296 * (2097151 & low) + (high >>> 0)).toString(16).padStart(14, '0')
  }

  #mix(line: string): void {
    let high = this.#high
    let low = this.#low
    for (let index = 0; index < line.length; index += 1) {
      const code = line.charCodeAt(index)
      high = Math.imul(high ^ code, 2654435761)
      low = Math.imul(low ^ code, 1597334677)
    }
    this.#high = high
    this.#low = low
  }
}
