/** Who is told that a route's connection has changed, and who waits for it to be ready. */
export class RouteWatchers {
  readonly #onChange = new Set<() => void>()
  readonly #readiness = new Set<() => boolean>()

  /** Calls `listener` at each change; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#onChange.add(listener)
    return () => this.#onChange.delete(listener)
  }

  changed(): void {
    for (const listener of [...this.#onChange]) listener()
  }

  /** Resolves as soon as `isSettled` is true when it is looked at. */
  until(isSettled: () => boolean): Promise<void> {
    if (isSettled()) return Promise.resolve()
    return new Promise((resolve) => {
      this.#readiness.add(() => {
        if (!isSettled()) return false
        resolve()
        return true
      })
    })
  }

  /** Looks again at what is waited for. */
  look(): void {
    for (const settle of [...this.#readiness]) if (settle()) this.#readiness.delete(settle)
  }
}
