// Measures what a choice costs with one strategy, at several numbers of endpoints. Prints one line of JSON.
// Needs --expose-gc, and a young generation that holds all that is allocated between two looks.
import {
  type CommandRoute,
  FailoverGroup,
  firstAvailable,
  leastInFlight,
  nearest,
  type Picker,
  type PreparedStrategy,
  preferZone,
  random,
  roundRobin,
  weighted,
  weightedByLatency,
} from '@redis-endpoint-failover/core'
import { createScriptedAdapter, VirtualClock } from '@redis-endpoint-failover/core/testing'
import { median } from '../measure/statistics.ts'
import type { SelectionRequest, SelectionResult, StrategyName } from '../scenario/selection-run.ts'

const strategies: Readonly<Record<StrategyName, () => PreparedStrategy>> = {
  firstAvailable,
  preferZone: () => preferZone('a'),
  nearest,
  roundRobin,
  random,
  weighted,
  weightedByLatency,
  leastInFlight,
}

const { strategy, sizes, rounds, choicesPerRound, changesPerRound } = JSON.parse(
  process.argv[2] ?? '{}',
) as SelectionRequest

interface Subject {
  readonly endpoints: number
  readonly group: FailoverGroup<unknown, object>
  readonly clock: VirtualClock
  readonly route: CommandRoute<unknown>
  /** The strategy's own choice, as it was last prepared. */
  readonly picker: () => Picker
}

async function subjectWith(endpoints: number): Promise<Subject> {
  const clock = new VirtualClock()
  const adapter = createScriptedAdapter({ clock, keepInLog: () => false })
  const inner = strategies[strategy]()
  let picker: Picker = () => undefined
  const observed: PreparedStrategy = {
    mode: inner.mode,
    name: inner.name ?? strategy,
    prepare: (candidates, context) => {
      picker = inner.prepare(candidates, context)
      return picker
    },
  }
  const group = new FailoverGroup<unknown, object>(adapter, {
    selection: observed,
    zone: 'a',
    endpoints: Array.from({ length: endpoints }, (_, index) => ({
      id: `endpoint-${index}`,
      // Weights of an ordinary configuration; a third of the endpoints in each zone.
      weight: 1 + (index % 3),
      zone: ['a', 'b', 'c'][index % 3]!,
      options: {},
    })),
    runtime: { clock },
  })
  const route = group.createRoute()
  const started = group.start()
  await clock.advance(3000)
  await started
  if (route.take() === undefined) throw new Error('The route has no connection.')
  return { endpoints, group, clock, route, picker: () => picker }
}

/** Nanoseconds of this process' CPU per call: others that want the core too do not count. */
const nanoseconds = (choose: () => unknown, count: number): number => {
  let missing = 0
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) if (choose() === undefined) missing++
  const { user, system } = process.cpuUsage(before)
  if (missing > 0) throw new Error(`${missing} choices found nothing.`)
  return ((user + system) * 1000) / count
}

/** Bytes per call. No collection happens in between: the young generation is large enough. */
const bytes = (choose: () => unknown, count: number): number => {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < count; i++) choose()
  return (process.memoryUsage().heapUsed - before) / count
}

/** Microseconds for one change of an endpoint's weight, to the prepared choice of all clients. */
async function microsecondsPerChange({ group, endpoints }: Subject): Promise<number> {
  const before = process.cpuUsage()
  for (let change = 0; change < changesPerRound; change++)
    await group.update(`endpoint-${change % endpoints}`, { weight: 1 + ((change + endpoints) % 5) })
  const { user, system } = process.cpuUsage(before)
  return (user + system) / changesPerRound
}

const subjects: Subject[] = []
for (const size of sizes) subjects.push(await subjectWith(size))

const series = subjects.map(() => ({ choice: [] as number[], picker: [] as number[], change: [] as number[] }))
// So many that what looking at the heap itself leaves is far below a byte for each.
const countedChoices = 1_000_000

// The first rounds only make the code hot.
const warmUp = 3
for (let round = -warmUp; round < rounds; round++) {
  for (const [index, subject] of subjects.entries()) {
    const { route } = subject
    const picker = subject.picker()
    const choice = nanoseconds(() => route.take(), choicesPerRound)
    const pick = nanoseconds(picker, choicesPerRound)
    if (round < 0) continue
    series[index]!.choice.push(choice)
    series[index]!.picker.push(pick)
  }
}
const allocated = subjects.map((subject) => {
  const { route } = subject
  return bytes(() => route.take(), countedChoices)
})
for (let round = -1; round < rounds; round++)
  for (const [index, subject] of subjects.entries()) {
    const change = await microsecondsPerChange(subject)
    if (round >= 0) series[index]!.change.push(change)
  }

const results: SelectionResult[] = subjects.map(({ endpoints }, index) => {
  const { choice, picker, change } = series[index]!
  return {
    strategy,
    endpoints,
    choiceNs: median(choice),
    fastestChoiceNs: Math.min(...choice),
    pickerNs: median(picker),
    bytesPerChoice: allocated[index]!,
    changeMicroseconds: median(change),
  }
})
console.log(JSON.stringify(results))
process.exit()
