import { type RedisServer, startRedis } from '@redis-endpoint-failover/test-infra'
import { withChild } from '../child/run-child.ts'
import type { Address } from '../client/benchmark-client.ts'
import { environmentLine } from '../report/environment.ts'
import { bars } from '../report/plot.ts'
import type { IdleRequest, IdleResult } from '../scenario/idle-run.ts'
import { atMost, type Benchmark, type Target } from './benchmark.ts'

const endpointCounts = [2, 10, 100, 500] as const
const clientCounts = [1, 10, 100] as const
/** So many real servers; more endpoints than that share them. */
const serverCount = 20

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`

export const idle: Benchmark = {
  name: 'idle',
  measures: 'CPU and memory of a group at rest with 2 to 500 endpoints, and of 1 to 100 clients that share one',
  minutes: 5,
  async run({ clients, short, environment, profileFolder, say }) {
    const effort = short ? { settleMs: 2000, windowMs: 3000 } : { settleMs: 3000, windowMs: 10_000 }
    const sizes = short ? endpointCounts.slice(0, 3) : endpointCounts
    const servers = await startMany(serverCount)
    const addressesOf = (count: number): Address[] =>
      Array.from({ length: count }, (_, index) => {
        const { host, port } = servers[index % servers.length]!
        return { id: `endpoint-${index}`, host, port }
      })
    try {
      const results = await withChild('idle', async (run) => {
        const all: IdleResult[] = []
        const measure = async (request: Omit<IdleRequest, 'settleMs' | 'windowMs'>): Promise<void> => {
          say(`${request.client}, ${request.addresses.length} endpoints, clients: ${request.clients}`)
          all.push(await run<IdleResult>({ ...request, ...effort }, { nodeOptions: ['--expose-gc'], profileFolder }))
        }
        for (const client of clients) {
          for (const count of sizes) await measure({ client, addresses: addressesOf(count), clients: 1 })
          for (const count of clientCounts.slice(1))
            await measure({ client, addresses: addressesOf(2), clients: count })
          // What the connections of the greatest group would take without a group.
          const sockets = all.filter((one) => one.client === client && one.clients === 1).at(-1)!.sockets
          await measure({ client, addresses: addressesOf(sockets), clients: 'bare' })
        }
        return all
      })
      const groups = results.filter((one) => one.clients !== 'bare')
      const ofSize = (client: string, endpoints: number): IdleResult =>
        groups.find((one) => one.client === client && one.endpoints === endpoints && one.clients === 1)!
      return {
        notes: [
          `${serverCount} real servers on this machine, the default preset: an endpoint is probed every second. Where there are more endpoints than servers, they share servers under ids of their own, which the group reports as \`same-server\`: their connections, probes and state are those of as many servers. Only the measuring process counts, not the servers.`,
          `CPU over ${effort.windowMs / 1000} s, ${effort.settleMs / 1000} s after every endpoint was up. Memory is what is held after a garbage collection, buffers of sockets included, above what was held before; resident memory is what the system gave, which is more than what is used.`,
          '"Bare" are as many clients without a group as the greatest group has connections: what the client itself takes.',
        ],
        tables: [
          {
            title: 'At rest',
            head: [
              'client',
              'endpoints',
              'clients',
              'CPU of a core',
              'probes/s',
              'CPU for a probe',
              'sockets',
              'held',
              'resident',
              'all up after',
            ],
            rows: results.map((one) => [
              one.client,
              one.clients === 'bare' ? '' : one.endpoints,
              one.clients === 'bare' ? `${one.endpoints} bare` : one.clients,
              percent(one.cpuShare),
              one.probesPerSecond.toFixed(1),
              one.probesPerSecond > 0 ? `${((one.cpuShare * 1e6) / one.probesPerSecond).toFixed(0)} us` : '',
              one.sockets,
              kilobytes(one.heldBytes),
              kilobytes(one.residentBytes),
              `${one.startMs.toFixed(0)} ms`,
            ]),
          },
        ],
        targets: short ? [] : clients.flatMap((client) => targetsOf(client, results, ofSize(client, 500))),
        plots: [
          bars({
            name: 'idle',
            title: 'CPU of a group at rest',
            subtitle: environmentLine(environment),
            unit: '% of a core',
            categories: sizes.map((count) => `${count} endpoints`),
            series: clients.map((client) => ({
              name: client,
              values: sizes.map((count) => ofSize(client, count).cpuShare * 100),
            })),
            target: { value: 5, label: 'at most 5 % with 500' },
          }),
        ],
        values: results,
      }
    } finally {
      await Promise.all(servers.map((server) => server.stop()))
    }
  },
}

function targetsOf(client: string, results: readonly IdleResult[], many: IdleResult): Target[] {
  const bare = results.find((one) => one.client === client && one.clients === 'bare')!
  const ofConnections = (bare.heldBytes / bare.endpoints) * many.sockets
  return [
    atMost(`${client}: CPU of 500 endpoints at rest`, many.cpuShare, 0.05, percent),
    atMost(
      `${client}: memory of each of 500 endpoints, beyond that of its connections`,
      (many.heldBytes - ofConnections) / many.endpoints,
      150 * 1024,
      kilobytes,
    ),
  ]
}

async function startMany(count: number): Promise<RedisServer[]> {
  const servers: RedisServer[] = []
  try {
    for (let index = 0; index < count; index++)
      servers.push(await startRedis({ name: `server-${index}`, args: { maxclients: 20_000 } }))
    return servers
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()))
    throw error
  }
}
