import { rm } from 'node:fs/promises'
import { bundle } from '../child/bundle.ts'
import type { Measure } from '../measure/verdict.ts'
import { startPair } from '../scenario/server-pair.ts'
import { depths, runThroughput, throughputKey, throughputValue } from '../scenario/throughput-run.ts'
import { defineFigure, type Figure, type Mode } from './figure.ts'

interface Effort {
  readonly rounds: number
  readonly sliceMs: number
  readonly bound: number
  /** How far the bare client may be from itself before the run is repeated. */
  readonly noise: number
}

/** The short one cannot tell 0.95 from 0.93: its bound is one that noise does not reach. */
const efforts: Readonly<Record<Mode, Effort>> = {
  full: { rounds: 40, sliceMs: 50, bound: 0.95, noise: 0.03 },
  short: { rounds: 16, sliceMs: 20, bound: 0.85, noise: 0.1 },
}

type Key = `${'ratio' | 'control'}${(typeof depths)[number]}`

export function throughput(mode: Mode): Figure {
  const { rounds, sliceMs, bound, noise } = efforts[mode]
  const seconds = (depths.length * (rounds * 6 + 3) * sliceMs) / 1000
  const measures = Object.fromEntries(
    depths.flatMap((depth): [Key, Measure][] => [
      [`ratio${depth}`, { label: `routed : bare, ${depth} in flight`, rule: 'ratio', bound }],
      [`control${depth}`, { label: `bare : bare, ${depth} in flight`, rule: 'information', bound: 1 }],
    ]),
  ) as Record<Key, Measure>
  return defineFigure<Key>({
    name: 'throughput',
    injected: `nothing: GET of 32 bytes, ${rounds} rounds of paired slices of ${sliceMs} ms`,
    expected:
      mode === 'full' ? 'within 5 % of the bare client' : 'near the bare client (a coarse bound for a short run)',
    measures,
    runs: { full: 1, short: 1 },
    secondsPerRun: seconds + 1,
    alone: ['full', 'short'],
    async open(client) {
      // The short one only looks for a coarse floor: noise matters to it where the floor is missed.
      const isInDoubt = (results: readonly { ratio: number }[]): boolean =>
        mode === 'full' || results.some(({ ratio }) => ratio < bound)
      const [servers, program] = await Promise.all([startPair(), bundle('throughput')])
      const [east, west] = servers.addresses
      await servers.east.command('SET', throughputKey, throughputValue)
      return {
        async run() {
          const from = performance.now()
          const results = await runThroughput(program, {
            name: client.name,
            addresses: [east!, west!],
            key: throughputKey,
            inFlight: depths,
            sliceMs,
            rounds,
          })
          const values = Object.fromEntries(
            results.flatMap(({ inFlight, ratio, controlRatio }) => [
              [`ratio${inFlight}`, ratio],
              [`control${inFlight}`, controlRatio],
            ]),
          ) as Record<Key, number>
          return {
            window: { from, to: performance.now() },
            disturbed: results.some(({ controlRatio }) => Math.abs(controlRatio - 1) > noise) && isInDoubt(results),
            values,
          }
        },
        close: async () => {
          await rm(program, { force: true })
          await servers.stop()
        },
      }
    },
  })
}
