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
  /** Operations per millisecond. */
  readonly routed: readonly PairedSlices[]
  readonly control: readonly PairedSlices[]
  /** Milliseconds of this process' CPU per operation: hardly disturbed by what else runs on the machine. */
  readonly cpuOfRouted: readonly PairedSlices[]
  /** Operations per second of the bare client in each round. */
  readonly bareRates: readonly number[]
}

interface Slice {
  readonly rate: number
  readonly cpu: number
}

/**
 * Compares in interleaved slices: bare, routed, control, control, routed, bare. So what gets slower or faster during a
 * round does so for all, and nobody always follows the same one.
 */
export async function compare(contestants: Contestants, options: SliceOptions): Promise<Comparison> {
  const { bare, control, routed } = contestants
  const rounds: Map<Commands, Slice[]>[] = []
  // Compiled and warm before anything counts.
  for (const client of [bare, routed, control]) await slice(client, options)
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? [bare, routed, control] : [control, routed, bare]
    const slices = new Map<Commands, Slice[]>(order.map((client) => [client, []]))
    for (const client of [...order, ...order.toReversed()]) slices.get(client)!.push(await slice(client, options))
    rounds.push(slices)
  }
  const pair = (client: Commands, of: keyof Slice): PairedSlices[] =>
    rounds.map((slices) => ({
      base: slices.get(bare)!.map((one) => one[of]),
      variant: slices.get(client)!.map((one) => one[of]),
    }))
  return {
    routed: pair(routed, 'rate'),
    control: pair(control, 'rate'),
    cpuOfRouted: pair(routed, 'cpu'),
    bareRates: pair(bare, 'rate').map(({ base }) => ((base[0]! + base[1]!) / 2) * 1000),
  }
}

async function slice(client: Commands, { key, inFlight, sliceMs }: SliceOptions): Promise<Slice> {
  let running = true
  let done = 0
  const work = async (): Promise<void> => {
    while (running) {
      await client.get(key)
      done++
    }
  }
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  setTimeout(() => {
    running = false
  }, sliceMs)
  await Promise.all(Array.from({ length: inFlight }, work))
  const rate = done / (performance.now() - startedAt)
  const { user, system } = process.cpuUsage(cpuBefore)
  return { rate, cpu: (user + system) / 1000 / done }
}
