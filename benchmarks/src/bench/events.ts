import { withChild } from '../child/run-child.ts'
import { environmentLine } from '../report/environment.ts'
import { bars } from '../report/plot.ts'
import { type EventsRequest, type EventsResult, listenerCounts, snapshotSizes } from '../scenario/events-run.ts'
import { startPair } from '../scenario/server-pair.ts'
import { atLeast, type Benchmark } from './benchmark.ts'

/** Listeners hear of probes and switches, never of commands: so they cost commands nothing. */
const throughputBound = 0.97

export const events: Benchmark = {
  name: 'events',
  measures: 'what an event costs with 0, 1 and 10 listeners, and a snapshot with 2 to 500 endpoints',
  minutes: 1,
  async run({ clients, short, environment, profileFolder, say }) {
    const effort = short
      ? { rounds: 5, eventsPerRound: 2000, sliceMs: 20 }
      : { rounds: 15, eventsPerRound: 5000, sliceMs: 40 }
    const servers = await startPair()
    try {
      const results = await withChild('events', async (run) => {
        const all: EventsResult[] = []
        for (const client of clients) {
          say(client)
          const request: EventsRequest = { client, addresses: servers.addresses, ...effort }
          all.push(await run<EventsResult>(request, { profileFolder }))
        }
        return all
      })
      // The same core, measured twice.
      const [first] = results
      const names = [...new Set(first!.events.map(({ event }) => event))]
      const of = (event: string, listeners: number): number =>
        first!.events.find((one) => one.event === event && one.listeners === listeners)!.nanoseconds
      return {
        notes: [
          'An event is stamped, frozen, kept for the history unless it comes with every probe, and handed to each listener in turn. Listeners here count, and do nothing else. Medians.',
          'Commands cause no events, unless they are repeated: the last table compares GETs, 50 in flight, of a group with ten listeners for every event with one that has none.',
        ],
        tables: [
          {
            title: 'Nanoseconds for an event',
            head: ['event', ...listenerCounts.map((count) => `${count} listeners`)],
            rows: names.map((event) => [event, ...listenerCounts.map((count) => of(event, count).toFixed(0))]),
          },
          {
            title: 'Microseconds for a snapshot',
            head: snapshotSizes.map((size) => `${size} endpoints`),
            rows: [first!.snapshots.map(({ microseconds }) => microseconds.toFixed(1))],
          },
          {
            title: 'GETs with ten listeners for every event, beside none',
            head: ['client', 'throughput', 'control'],
            rows: results.map(({ client, throughput }) => [
              client,
              throughput.ratio.toFixed(3),
              throughput.control.toFixed(3),
            ]),
          },
        ],
        targets: results.map(({ client, throughput }) =>
          atLeast(`${client}: throughput with ten listeners`, throughput.ratio, throughputBound, (value) =>
            value.toFixed(3),
          ),
        ),
        plots: [
          bars({
            name: 'events',
            title: 'Cost of an event',
            subtitle: environmentLine(environment),
            unit: 'nanoseconds',
            categories: names,
            series: listenerCounts.map((count) => ({
              name: `${count} listeners`,
              values: names.map((event) => of(event, count)),
            })),
            digits: 0,
          }),
        ],
        values: results,
      }
    } finally {
      await servers.stop()
    }
  },
}
