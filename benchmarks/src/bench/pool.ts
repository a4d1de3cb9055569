import { withChild } from '../child/run-child.ts'
import { environmentLine } from '../report/environment.ts'
import { bars } from '../report/plot.ts'
import { type PoolRequest, type PoolRow, poolDepths, poolSize } from '../scenario/pool-run.ts'
import { startPair } from '../scenario/server-pair.ts'
import type { Benchmark } from './benchmark.ts'

export const pool: Benchmark = {
  name: 'pool',
  measures: 'acquire and release of a connection, beside generic-pool and the pool of node-redis',
  minutes: 1,
  async run({ clients, short, environment, profileFolder, say }) {
    const effort = short
      ? { rounds: 4, sliceMs: 20, pairsPerRound: 1000 }
      : { rounds: 12, sliceMs: 40, pairsPerRound: 2000 }
    const servers = await startPair()
    try {
      const rows = await withChild('pool', async (run) => {
        const all: PoolRow[] = []
        for (const client of clients) {
          say(client)
          const request: PoolRequest = { client, addresses: servers.addresses, ...effort }
          all.push(...(await run<PoolRow[]>(request, { profileFolder })))
        }
        return all
      })
      return {
        notes: [
          `Pools of ${poolSize} connections to one server, all open, in one process: paired slices in turn, ratios within the rounds. With 50 users, 40 wait at any time. ioredis has no pool of its own.`,
          'A lease of the group knows whether its connection was lost, and asks with a PING only after it was idle for 5 s; generic-pool does so for each acquire, or never.',
        ],
        tables: [
          {
            title: 'Acquire and release, and the same with a GET between',
            head: [
              'client',
              'pool',
              'pair, microseconds',
              ...poolDepths.map((users) => `${users} users: GET/s (of the first)`),
            ],
            rows: rows.map((row) => [
              row.client,
              row.pool,
              row.pairMicroseconds?.toFixed(2) ?? '',
              ...row.withGet.map(({ perSecond, ratio }) => `${perSecond.toLocaleString('en')} (${ratio.toFixed(2)})`),
            ]),
          },
        ],
        targets: [],
        plots: clients.map((client) => {
          const ofClient = rows.filter((row) => row.client === client)
          return bars({
            name: `pool-${client}`,
            title: `${client}: acquire, GET, release`,
            subtitle: environmentLine(environment),
            unit: 'per second',
            categories: ofClient.map((row) => row.pool.replace(', ', ',\n')),
            series: poolDepths.map((users, index) => ({
              name: `${users} users`,
              values: ofClient.map((row) => row.withGet[index]!.perSecond),
            })),
            digits: 0,
          })
        }),
        values: rows,
      }
    } finally {
      await servers.stop()
    }
  },
}
