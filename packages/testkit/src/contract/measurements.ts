/** Figures that a suite measured, printed as one table when it ends. */
export class Measurements {
  readonly #rows: { what: string; measuredMs: number; boundMs: number }[] = []

  add(what: string, measuredMs: number, boundMs: number): void {
    this.#rows.push({ what, measuredMs, boundMs })
  }

  print(title: string): void {
    if (this.#rows.length === 0) return
    const width = Math.max(...this.#rows.map(({ what }) => what.length))
    const lines = this.#rows.map(
      ({ what, measuredMs, boundMs }) =>
        `  ${what.padEnd(width)}  ${measuredMs.toFixed(1).padStart(8)} ms  (bound ${boundMs} ms)`,
    )
    process.stdout.write(`${title}: measured\n${lines.join('\n')}\n`)
  }
}
