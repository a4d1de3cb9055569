import { freePort } from '../ports.ts'
import { eventually } from '../waiting.ts'
import { clusterNodesOf, RedisCluster } from './cluster.ts'
import type { RedisOptions } from './redis-options.ts'
import { PortTakenError, type RedisServer } from './redis-server.ts'
import { allStarted, startRedis } from './start-redis.ts'

export interface ClusterOptions extends Pick<RedisOptions, 'password' | 'aclUsers' | 'tls'> {
  /** For messages and the folders' names: the nodes are called `cluster-1`, `cluster-2`, ... Default `cluster`. */
  name?: string
  /** Default 3, which is the least that can agree on a promotion. */
  primaries?: number
  /** Replicas of each primary. Default 1; 0 makes a cluster without any. */
  replicas?: number
  /** `cluster-node-timeout` in milliseconds. Default 1000: a dead primary's replica is promoted after about 2 s. */
  nodeTimeout?: number
  /** Further settings of every node. */
  args?: Readonly<Record<string, string | number>>
}

const slotCount = 16_384
const busPortAttempts = 5

/**
 * Starts a Redis Cluster on free ports of 127.0.0.1, by default of three primaries with a replica each; resolves when
 * all nodes serve and know each other. Takes two to three seconds: a new node serves after two at the earliest.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<RedisCluster> {
  const { name = 'cluster', primaries = 3, replicas = 1 } = options
  const count = primaries * (1 + replicas)
  const nodes = await allStarted(Array.from({ length: count }, (_, i) => startNode(`${name}-${i + 1}`, options)))
  const cluster = new RedisCluster(nodes)
  try {
    await assignSlots(nodes.slice(0, primaries))
    await introduce(nodes)
    await attachReplicas(nodes, primaries)
    await cluster.waitUntilOk()
    await eventually(() => knowEachOther(nodes, primaries), { timeout: 20_000, interval: 50 })
    return cluster
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

async function startNode(name: string, options: ClusterOptions): Promise<RedisServer> {
  const { password, aclUsers, tls = false, nodeTimeout = 1000, args } = options
  for (let attempt = 1; ; attempt++) {
    const busPort = await freePort()
    try {
      return await startRedis({
        name,
        tls,
        ...(password !== undefined && { password }),
        ...(aclUsers !== undefined && { aclUsers }),
        args: {
          'cluster-enabled': 'yes',
          'cluster-config-file': 'nodes.conf',
          'cluster-port': busPort,
          'cluster-announce-ip': '127.0.0.1',
          'cluster-node-timeout': nodeTimeout,
          // A replica that was cut off for long still stands for election, and none moves to another primary.
          'cluster-replica-validity-factor': 0,
          'cluster-allow-replica-migration': 'no',
          ...(tls !== false && { 'tls-cluster': 'yes' }),
          ...args,
        },
      })
    } catch (error) {
      // startRedis has tried other ports already: the bus port is the one that somebody took.
      if (!(error instanceof PortTakenError) || attempt === busPortAttempts) throw error
    }
  }
}

async function assignSlots(primaries: readonly RedisServer[]): Promise<void> {
  const share = slotCount / primaries.length
  await Promise.all(
    primaries.map(async (server, i) => {
      await server.command('CLUSTER', 'SET-CONFIG-EPOCH', i + 1)
      await server.command('CLUSTER', 'ADDSLOTSRANGE', Math.ceil(i * share), Math.ceil((i + 1) * share) - 1)
    }),
  )
}

// Everybody meets everybody, because gossip alone takes seconds to spread.
async function introduce(nodes: readonly RedisServer[]): Promise<void> {
  const busPorts = await Promise.all(nodes.map(busPortOf))
  await Promise.all(
    nodes.flatMap((server, i) =>
      nodes.slice(i + 1).map((other, j) => {
        const busPort = busPorts[i + 1 + j]!
        return server.command('CLUSTER', 'MEET', other.host, other.port, busPort)
      }),
    ),
  )
}

async function busPortOf(server: RedisServer): Promise<number> {
  const [, port] = (await server.command('CONFIG', 'GET', 'cluster-port')) as [string, string]
  return Number(port)
}

async function attachReplicas(nodes: readonly RedisServer[], primaries: number): Promise<void> {
  await Promise.all(
    nodes.slice(primaries).map(async (replica, i) => {
      const id = String(await nodes[i % primaries]!.command('CLUSTER', 'MYID'))
      // "Unknown node" until the two have met.
      await eventually(() => replica.command('CLUSTER', 'REPLICATE', id), { timeout: 20_000, interval: 25 })
      await eventually(async () => ((await replica.command('ROLE')) as string[])[3] === 'connected', {
        timeout: 20_000,
        interval: 25,
      })
    }),
  )
}

async function knowEachOther(nodes: readonly RedisServer[], primaries: number): Promise<boolean> {
  const views = await Promise.all(nodes.map(async (server) => clusterNodesOf(await server.command('CLUSTER', 'NODES'))))
  return views.every((lines) => {
    const withRole = (role: string): number =>
      lines.filter(({ flags }) => flags.includes(role) && !flags.includes('handshake')).length
    return withRole('master') === primaries && withRole('slave') === nodes.length - primaries
  })
}
