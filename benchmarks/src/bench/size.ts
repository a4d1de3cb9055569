import { withChild } from '../child/run-child.ts'
import type { ClientName } from '../client/benchmark-client.ts'
import { bundleSize, importTimes, importTimesOfClient } from '../measure/bundle-size.ts'
import { median } from '../measure/statistics.ts'
import { environmentLine } from '../report/environment.ts'
import { bars } from '../report/plot.ts'
import { startPair } from '../scenario/server-pair.ts'
import type { StartRequest, StartResult } from '../scenario/start-run.ts'
import { atMost, type Benchmark } from './benchmark.ts'

const core = '@redis-endpoint-failover/core'
const adapters: Readonly<Record<ClientName, string>> = {
  'node-redis': '@redis-endpoint-failover/node-redis',
  ioredis: '@redis-endpoint-failover/ioredis',
}
const clientPackages: Readonly<Record<ClientName, string>> = { 'node-redis': 'redis', ioredis: 'ioredis' }

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`
const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`

export const size: Benchmark = {
  name: 'size',
  measures: 'bundled and gzipped size of core and adapters, import time, and the time to the first reply',
  minutes: 1,
  async run({ clients, short, environment, profileFolder, say }) {
    const runs = short ? 3 : 11
    say('sizes')
    const sizes = [
      { name: 'core', bound: 25, ...(await bundleSize(core, [])) },
      ...(await Promise.all(
        clients.map(async (client) => ({
          name: `adapter for ${client}`,
          bound: 10,
          ...(await bundleSize(adapters[client], [core, 'redis', '@redis/client', 'ioredis'])),
        })),
      )),
    ]
    say('import times')
    const imports: { client: ClientName; clientMs: number; addedMs: number }[] = []
    for (const client of clients) {
      const before = clientPackages[client]
      imports.push({
        client,
        clientMs: median(await importTimesOfClient(before, runs)),
        addedMs: median(await importTimes(adapters[client], before, runs)),
      })
    }
    say('first replies')
    const servers = await startPair()
    try {
      const starts = await withChild('start', async (run) => {
        const all: StartResult[] = []
        for (const client of clients) {
          const request: StartRequest = { client, addresses: servers.addresses, rounds: short ? 5 : 30 }
          all.push(await run<StartResult>(request, { profileFolder }))
        }
        return all
      })
      return {
        notes: [
          'Sizes are of the whole public entry, minified by esbuild, gzipped at level 9. The core includes its one dependency; an adapter leaves out the core and the client.',
          'Import times are of new processes: the client alone, and what adapter and core add to a process that has loaded the client. The first reply counts from making the client to the reply to a first GET, bare and with failover in turns.',
        ],
        tables: [
          {
            title: 'Size',
            head: ['bundle', 'minified', 'gzipped'],
            rows: sizes.map((one) => [one.name, kilobytes(one.minified), kilobytes(one.gzipped)]),
          },
          {
            title: 'Import',
            head: ['client', 'the client alone', 'added by adapter and core'],
            rows: imports.map((one) => [one.client, milliseconds(one.clientMs), milliseconds(one.addedMs)]),
          },
          {
            title: 'First reply',
            head: ['client', 'bare', 'with failover', 'ratio', 'control'],
            rows: starts.map((one) => [
              one.client,
              milliseconds(one.bareMs),
              milliseconds(one.routedMs),
              one.ratio.toFixed(2),
              one.control.toFixed(2),
            ]),
          },
        ],
        targets: [
          ...sizes.map((one) => atMost(`${one.name}, gzipped`, one.gzipped, one.bound * 1024, kilobytes)),
          ...starts.map((one) =>
            atMost(`${one.client}: first reply, beside the bare client`, one.ratio, 1.2, (value) => value.toFixed(2)),
          ),
        ],
        plots: [
          bars({
            name: 'size',
            title: 'From making a client to its first reply',
            subtitle: environmentLine(environment),
            unit: 'milliseconds',
            categories: starts.map(({ client }) => client),
            series: [
              { name: 'bare', values: starts.map(({ bareMs }) => bareMs) },
              { name: 'with failover', values: starts.map(({ routedMs }) => routedMs) },
            ],
          }),
        ],
        values: { sizes, imports, starts },
      }
    } finally {
      await servers.stop()
    }
  },
}
