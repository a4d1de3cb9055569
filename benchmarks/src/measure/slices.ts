import type { Commands } from '../client/benchmark-client.ts'
import type { PairedSlices } from './statistics.ts'

export interface SliceOptions {
  readonly key: string
  /** GETs in flight at any time. */
  readonly inFlight: number
  readonly sliceMs: number
  readonly rounds: number
}

/** Who takes part: the control is the bare client once more, so that its ratio shows the noise. */
export interface Contestants {
  readonly bare: Commands
  readonly control: Commands
  readonly routed: Commands
}

export interface Comparison {
  readonly routed: PairedSlices[]
  readonly control: PairedSlices[]
  /** Operations per second of the bare client in each round. */
  readonly bareRates: number[]
}

/**
 * Compares in interleaved slices: bare, routed, control, control, routed, bare. So what gets slower or faster during a
 * round does so for all, and nobody always follows the same one.
 */
export async function compare(contestants: Contestants, options: SliceOptions): Promise<Comparison> {
  const { bare, control, routed } = contestants
  const comparison: Comparison = { routed: [], control: [], bareRates: [] }
  // Compiled and warm before anything counts.
  for (const client of [bare, routed, control]) await slice(client, options)
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? [bare, routed, control] : [control, routed, bare]
    const rates = new Map<Commands, number[]>(order.map((client) => [client, []]))
    for (const client of [...order, ...order.toReversed()]) rates.get(client)!.push(await slice(client, options))
    const base = rates.get(bare)!
    comparison.routed.push({ base, variant: rates.get(routed)! })
    comparison.control.push({ base, variant: rates.get(control)! })
    comparison.bareRates.push(((base[0]! + base[1]!) / 2) * 1000)
  }
  return comparison
}

/** Operations per millisecond in one slice. */
async function slice(client: Commands, { key, inFlight, sliceMs }: SliceOptions): Promise<number> {
  let running = true
  let done = 0
  const work = async (): Promise<void> => {
    while (running) {
      await client.get(key)
      done++
    }
  }
  const startedAt = performance.now()
  setTimeout(() => {
    running = false
  }, sliceMs)
  await Promise.all(Array.from({ length: inFlight }, work))
  return done / (performance.now() - startedAt)
}
