import type { ClientName } from '../client/benchmark-client.ts'
import type { Environment } from '../report/environment.ts'
import type { Plot } from '../report/plot.ts'

export interface BenchOptions {
  /** The clients to measure. */
  readonly clients: readonly ClientName[]
  /** Fewer rounds, to see that it works. Never what is published. */
  readonly short: boolean
  /** Keeps CPU profiles of the measuring processes in this folder. */
  readonly profileFolder: string | undefined
  readonly environment: Environment
  /** Instead of the usual number; only for those that offer `choices`. */
  readonly rounds?: number | undefined
  /** Only these of its faults. */
  readonly faults?: readonly string[] | undefined
  /** Only these of its contenders. */
  readonly contenders?: readonly string[] | undefined
  /** Progress, for people who wait. */
  readonly say: (text: string) => void
}

export type Cell = string | number

export interface ReportTable {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** One figure that the project wants to reach. */
export interface Target {
  readonly what: string
  /** For instance `<= 100 ns`. */
  readonly bound: string
  readonly measured: string
  readonly met: boolean
}

export interface Report {
  /** How it was measured, and what to bear in mind: a few sentences for the page. */
  readonly notes: readonly string[]
  readonly tables: readonly ReportTable[]
  readonly targets: readonly Target[]
  readonly plots: readonly Plot[]
  /** All that was measured, for the JSON. */
  readonly values: unknown
}

/** One side-by-side measurement. */
export interface Benchmark {
  readonly name: string
  /** What it tells, in one line. */
  readonly measures: string
  /** About how long it takes. */
  readonly minutes: number
  /** How long it takes with these options, where they make a difference. */
  forecastMinutes?(options: BenchOptions): number
  /** What `--fault` and `--contender` choose from; those that have it take `--rounds` too. */
  readonly choices?: { readonly fault: readonly string[]; readonly contender: readonly string[] }
  run(options: BenchOptions): Promise<Report>
}

/** A figure that must not exceed `bound`. */
export const atMost = (what: string, measured: number, bound: number, format: (value: number) => string): Target => ({
  what,
  bound: `<= ${format(bound)}`,
  measured: format(measured),
  met: measured <= bound,
})

/** A figure that must reach `bound`. */
export const atLeast = (what: string, measured: number, bound: number, format: (value: number) => string): Target => ({
  what,
  bound: `>= ${format(bound)}`,
  measured: format(measured),
  met: measured >= bound,
})
