import { withChild } from '../child/run-child.ts'
import { environmentLine } from '../report/environment.ts'
import { bars } from '../report/plot.ts'
import {
  type SelectionRequest,
  type SelectionResult,
  selectionNodeOptions,
  selectionSizes,
  strategyNames,
} from '../scenario/selection-run.ts'
import { atMost, type Benchmark, type Target } from './benchmark.ts'

const ns = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ns`
const times = (value: number): string => `${value.toFixed(2)} times`
const bytesOf = (value: number): string => `${value.toFixed(1)} bytes`

/** Below this, two measurements of the same few instructions differ by more than half. */
const unmeasurableNs = 20

export const selection: Benchmark = {
  name: 'selection',
  measures: 'what a choice costs with each strategy, from 2 to 1,000 endpoints; what it allocates; what a change costs',
  minutes: 2,
  async run({ short, environment, profileFolder, say }) {
    const effort = short
      ? { rounds: 5, choicesPerRound: 50_000, changesPerRound: 5 }
      : { rounds: 15, choicesPerRound: 200_000, changesPerRound: 5 }
    const results = await withChild('selection', async (run) => {
      const all: SelectionResult[] = []
      for (const strategy of strategyNames) {
        say(strategy)
        const request: SelectionRequest = { strategy, sizes: selectionSizes, ...effort }
        all.push(...(await run<SelectionResult[]>(request, { nodeOptions: selectionNodeOptions, profileFolder })))
      }
      return all
    })
    const of = (strategy: string, endpoints: number): SelectionResult =>
      results.find((one) => one.strategy === strategy && one.endpoints === endpoints)!
    return {
      notes: [
        'Endpoints without a network and a standing clock, the real group; times are those of the CPU. A choice is the whole of what a client does for a command: the strategy, the check of its answer, and the connection to the endpoint. "Strategy" is the part of the strategy alone. A process for each strategy; the numbers of endpoints take turns within it.',
        'A change is one endpoint getting another weight, until every client has its new choice. Sticky strategies choose at a change only; for a command they cost what reading a field costs.',
      ],
      tables: [
        {
          title: 'Nanoseconds for a choice (strategy alone), median',
          head: ['strategy', ...selectionSizes.map((size) => `${size} endpoints`), 'bytes allocated'],
          rows: strategyNames.map((strategy) => [
            strategy,
            ...selectionSizes.map((size) => {
              const { choiceNs, pickerNs } = of(strategy, size)
              return `${choiceNs.toFixed(1)} (${pickerNs.toFixed(1)})`
            }),
            Math.max(...selectionSizes.map((size) => of(strategy, size).bytesPerChoice)).toFixed(2),
          ]),
        },
        {
          title: 'Microseconds for a change of one endpoint, median',
          head: ['strategy', ...selectionSizes.map((size) => `${size} endpoints`)],
          rows: strategyNames.map((strategy) => [
            strategy,
            ...selectionSizes.map((size) => of(strategy, size).changeMicroseconds.toFixed(0)),
          ]),
        },
      ],
      targets: strategyNames.flatMap((strategy) => targetsOf(strategy, of)),
      plots: [
        bars({
          name: 'selection',
          title: 'Cost of a choice',
          subtitle: environmentLine(environment),
          unit: 'nanoseconds',
          categories: strategyNames,
          series: selectionSizes.map((size) => ({
            name: `${size} endpoints`,
            values: strategyNames.map((strategy) => of(strategy, size).choiceNs),
          })),
          target: { value: 300, label: 'at most 300 ns' },
          digits: 0,
        }),
      ],
      values: results,
    }
  },
}

function targetsOf(strategy: string, of: (strategy: string, endpoints: number) => SelectionResult): Target[] {
  const bound = strategy === 'firstAvailable' ? 100 : 300
  const slowest = Math.max(...selectionSizes.map((size) => of(strategy, size).choiceNs))
  const few = of(strategy, selectionSizes[0]).choiceNs
  const many = of(strategy, selectionSizes.at(-1)!).choiceNs
  const allocated = Math.max(...selectionSizes.map((size) => of(strategy, size).bytesPerChoice))
  return [
    atMost(`${strategy}: a choice`, slowest, bound, ns),
    atMost(`${strategy}: with 1,000 endpoints, of that with 2`, many / Math.max(few, unmeasurableNs), 1.5, times),
    // Less than a byte is the noise of looking.
    { ...atMost(`${strategy}: allocated by a choice`, allocated, 1, bytesOf), bound: '0' },
  ]
}
