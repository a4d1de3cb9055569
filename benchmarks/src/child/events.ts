// Measures what events, listeners and snapshots cost. Prints one line of JSON.
import { FailoverGroup } from '@redis-endpoint-failover/core'
import { createScriptedAdapter, VirtualClock } from '@redis-endpoint-failover/core/testing'
// Not public: an application only ever sees its events.
import { EventBus } from '../../../packages/core/src/events/event-bus.ts'
import { systemClock } from '../../../packages/core/src/runtime/system-clock.ts'
import { loadClient } from '../client/index.ts'
import { compare } from '../measure/slices.ts'
import { median, pairedRatios } from '../measure/statistics.ts'
import {
  allEvents,
  type EventsRequest,
  type EventsResult,
  listenerCounts,
  snapshotSizes,
} from '../scenario/events-run.ts'

const {
  client: name,
  addresses,
  rounds,
  eventsPerRound,
  sliceMs,
} = JSON.parse(process.argv[2] ?? '{}') as EventsRequest

const timed = (count: number, work: () => void): number => {
  const startedAt = process.hrtime.bigint()
  for (let i = 0; i < count; i++) work()
  return Number(process.hrtime.bigint() - startedAt) / count
}

// The event that comes most often, and one that is kept for the history.
const emitters = {
  'check-succeeded': (bus: EventBus) =>
    bus.emit('check-succeeded', { endpointId: 'east', check: 'ping', connection: 'monitor', roundTripMs: 1 }),
  failback: (bus: EventBus) =>
    bus.emit('failback', { from: 'west', to: 'east', reason: 'strategy', graceMs: 10_000, epoch: 2 }),
} as const

function nanosecondsPerEvent(): EventsResult['events'] {
  return (Object.keys(emitters) as (keyof typeof emitters)[]).flatMap((event) => {
    let heard = 0
    const buses = listenerCounts.map((listeners) => {
      const bus = new EventBus({ group: 'redis', clock: systemClock, historySize: 1000 })
      for (let i = 0; i < listeners; i++) bus.on(event, () => void heard++)
      return { listeners, bus, times: [] as number[] }
    })
    for (let round = -2; round < rounds; round++)
      for (const { bus, times } of buses) {
        const each = timed(eventsPerRound, () => emitters[event](bus))
        if (round >= 0) times.push(each)
      }
    const expected = (rounds + 2) * eventsPerRound * listenerCounts.reduce<number>((sum, count) => sum + count, 0)
    if (heard !== expected) throw new Error(`Listeners heard ${heard} of ${expected} events.`)
    return buses.map(({ listeners, times }) => ({ event, listeners, nanoseconds: median(times) }))
  })
}

async function microsecondsPerSnapshot(): Promise<EventsResult['snapshots']> {
  const results: EventsResult['snapshots'][number][] = []
  for (const endpoints of snapshotSizes) {
    const clock = new VirtualClock()
    const adapter = createScriptedAdapter({ clock, keepInLog: () => false })
    const group = new FailoverGroup(adapter, {
      endpoints: Array.from({ length: endpoints }, (_, index) => ({ id: `endpoint-${index}`, options: {} })),
      runtime: { clock },
    })
    const started = group.start()
    // Long enough for every endpoint to have all the probes that a snapshot shows.
    await clock.advance(15_000)
    await started
    const count = Math.ceil(2000 / endpoints)
    const times: number[] = []
    for (let round = -2; round < rounds; round++) {
      const each = timed(count, () => void group.snapshot())
      if (round >= 0) times.push(each / 1000)
    }
    results.push({ endpoints, microseconds: median(times) })
  }
  return results
}

/** GETs of a client whose group has ten listeners for every event, beside one whose group has none. */
async function throughputWithListeners(): Promise<EventsResult['throughput']> {
  const { createRouted } = await loadClient(name)
  const [without, withListeners, control] = [createRouted(addresses), createRouted(addresses), createRouted(addresses)]
  let heard = 0
  for (const event of allEvents) for (let i = 0; i < 10; i++) withListeners.group.on(event, () => void heard++)
  const all = [without, withListeners, control]
  for (const { connect } of all) await connect()
  const contestants = {
    without: () => without.client.get('value'),
    with: () => withListeners.client.get('value'),
    control: () => control.client.get('value'),
  }
  const comparison = await compare(contestants, { inFlight: 50, sliceMs, rounds })
  for (const { close } of all) await close()
  if (heard === 0) throw new Error('No listener was called.')
  return {
    ratio: median(pairedRatios(comparison.rates('with', 'without'))),
    control: median(pairedRatios(comparison.rates('control', 'without'))),
  }
}

const result: EventsResult = {
  client: name,
  events: nanosecondsPerEvent(),
  snapshots: await microsecondsPerSnapshot(),
  throughput: await throughputWithListeners(),
}
console.log(JSON.stringify(result))
process.exit()
