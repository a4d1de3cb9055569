/**
 * Keys of one check, a different one for each of its probes under way: the probe of a new connection asks beside the regular
 * one, and with one key they would read each other's values.
 */
export class OwnKeys {
  readonly #inUse = new Set<string>()

  /** Calls `use` with `name`, or, while that is in use, with a name that begins with it. */
  async with<T>(name: string, use: (key: string) => Promise<T>): Promise<T> {
    let key = name
    for (let more = 2; this.#inUse.has(key); more += 1) key = `${name}:${more}`
    this.#inUse.add(key)
    try {
      return await use(key)
    } finally {
      this.#inUse.delete(key)
    }
  }
}
