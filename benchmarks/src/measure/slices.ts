import type { PairedSlices } from './statistics.ts'

export interface SliceOptions {
  /** Pieces of work in flight at any time. */
  readonly inFlight: number
  readonly sliceMs: number
  readonly rounds: number
}

/** One piece of work: it is done when its promise settles. */
export type Work = () => Promise<unknown>

interface Slice {
  readonly rate: number
  readonly cpu: number
}

/** What each contestant did, round by round. */
export class Comparison<Name extends string> {
  readonly #rounds: readonly ReadonlyMap<Name, readonly Slice[]>[]

  constructor(rounds: readonly ReadonlyMap<Name, readonly Slice[]>[]) {
    this.#rounds = rounds
  }

  /** Pieces of work per millisecond, of one contestant beside another. */
  rates(variant: Name, base: Name): readonly PairedSlices[] {
    return this.#pair(variant, base, 'rate')
  }

  /** Milliseconds of this process' CPU per piece: hardly disturbed by what else runs on the machine. */
  cpu(variant: Name, base: Name): readonly PairedSlices[] {
    return this.#pair(variant, base, 'cpu')
  }

  /** Pieces of work per second in each round. */
  perSecond(name: Name): readonly number[] {
    return this.rates(name, name).map(({ base }) => (base.reduce((sum, rate) => sum + rate, 0) / base.length) * 1000)
  }

  #pair(variant: Name, base: Name, of: keyof Slice): PairedSlices[] {
    return this.#rounds.map((slices) => ({
      base: slices.get(base)!.map((one) => one[of]),
      variant: slices.get(variant)!.map((one) => one[of]),
    }))
  }
}

/**
 * Compares in interleaved slices: A B C C B A, and in every second round C B A A B C. So what gets slower or faster
 * during a round does so for all, and nobody always follows the same one.
 */
export async function compare<Name extends string>(
  contestants: Readonly<Record<Name, Work>>,
  options: SliceOptions,
): Promise<Comparison<Name>> {
  const names = Object.keys(contestants) as Name[]
  const rounds: Map<Name, Slice[]>[] = []
  // Compiled and warm before anything counts.
  for (const name of names) await slice(contestants[name], options)
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? names : names.toReversed()
    const slices = new Map<Name, Slice[]>(order.map((name) => [name, []]))
    for (const name of [...order, ...order.toReversed()])
      slices.get(name)!.push(await slice(contestants[name], options))
    rounds.push(slices)
  }
  return new Comparison(rounds)
}

async function slice(work: Work, { inFlight, sliceMs }: SliceOptions): Promise<Slice> {
  let running = true
  let done = 0
  const worker = async (): Promise<void> => {
    while (running) {
      await work()
      done++
    }
  }
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  setTimeout(() => {
    running = false
  }, sliceMs)
  await Promise.all(Array.from({ length: inFlight }, worker))
  const rate = done / (performance.now() - startedAt)
  const { user, system } = process.cpuUsage(cpuBefore)
  return { rate, cpu: (user + system) / 1000 / done }
}
