import { type EventuallyOptions, eventually } from '../waiting.ts'
import type { RedisServer } from './redis-server.ts'
import type { Reply } from './resp.ts'
import { ServerSet } from './server-set.ts'

/** One line of CLUSTER NODES. */
export interface ClusterNodeLine {
  readonly id: string
  readonly port: number
  readonly flags: readonly string[]
  /** The id of the primary that it follows; `-` for a primary. */
  readonly primaryId: string
  /** It holds slots. */
  readonly hasSlots: boolean
}

/**
 * A real Redis Cluster on loopback. Made by `startCluster`. A killed node that is restarted comes back with the identity
 * that it had (its `nodes.conf` stays), as a replica if another one was promoted meanwhile; after `stop()` it is a
 * stranger to the cluster.
 */
export class RedisCluster extends ServerSet {
  /** All nodes: first the primaries of the beginning, then their replicas in the same order. */
  get nodes(): readonly RedisServer[] {
    return this.all
  }

  /** What a client is given to find the cluster by. */
  get addresses(): { host: string; port: number }[] {
    return this.all.map(({ host, port }) => ({ host, port }))
  }

  /** The nodes that are primaries with slots now, by the view of a node that runs. A dead one is not among them. */
  async primaries(): Promise<RedisServer[]> {
    const lines = await this.#lines()
    return this.#serversOf(lines.filter(isServingPrimary))
  }

  /** The nodes that are replicas now and not known to have failed. */
  async replicas(): Promise<RedisServer[]> {
    const lines = await this.#lines()
    return this.#serversOf(lines.filter(({ flags }) => flags.includes('slave') && !hasFailed(flags)))
  }

  /** The primary that serves `key` now. */
  async primaryOf(key: string): Promise<RedisServer> {
    const asked = this.#running()
    const slot = Number(await asked.command('CLUSTER', 'KEYSLOT', key))
    const ranges = (await asked.command('CLUSTER', 'SLOTS')) as [number, number, [string, number], ...Reply[]][]
    const range = ranges.find(([first, last]) => first <= slot && slot <= last)
    if (range === undefined) throw new Error(`No node of the cluster serves slot ${slot}.`)
    return this.#serverAt(range[2][1])
  }

  /** Kills what still runs, starts all nodes again, empty, and resolves when the cluster serves all slots. */
  override async restart(): Promise<void> {
    await super.restart()
    await this.waitUntilOk()
  }

  /**
   * Resolves when every running node says `cluster_state:ok` and has all slots served by nodes that run: right after a
   * kill, the others still believe in the dead one. Default timeout: 20 s.
   */
  async waitUntilOk(options: EventuallyOptions = {}): Promise<void> {
    const running = this.all.filter((server) => server.isRunning)
    await eventually(async () => (await Promise.all(running.map((server) => this.#isOk(server)))).every(Boolean), {
      timeout: 20_000,
      interval: 50,
      ...options,
    })
  }

  async #isOk(server: RedisServer): Promise<boolean> {
    const info = String(await server.command('CLUSTER', 'INFO'))
    if (!info.includes('cluster_state:ok') || !info.includes('cluster_slots_ok:16384')) return false
    const lines = clusterNodesOf(await server.command('CLUSTER', 'NODES'))
    return this.#serversOf(lines.filter(isServingPrimary)).every(({ isRunning }) => isRunning)
  }

  async #lines(): Promise<ClusterNodeLine[]> {
    return clusterNodesOf(await this.#running().command('CLUSTER', 'NODES'))
  }

  #running(): RedisServer {
    const server = this.all.find(({ isRunning }) => isRunning)
    if (server === undefined) throw new Error('No node of the cluster is running.')
    return server
  }

  #serversOf(lines: readonly ClusterNodeLine[]): RedisServer[] {
    const found = lines.map(({ port }) => this.#serverAt(port))
    return this.all.filter((server) => found.includes(server))
  }

  #serverAt(port: number): RedisServer {
    const server = this.all.find((candidate) => candidate.port === port)
    if (server === undefined) throw new Error(`The cluster has a node on port ${port} that was not started with it.`)
    return server
  }
}

export const clusterNodesOf = (reply: Reply): ClusterNodeLine[] =>
  String(reply)
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', address = '', flags = '', primaryId = '', , , , , ...slots] = line.split(' ')
      return {
        id,
        port: Number(/:(\d+)@/.exec(address)?.[1]),
        flags: flags.split(','),
        primaryId,
        hasSlots: slots.length > 0,
      }
    })

const hasFailed = (flags: readonly string[]): boolean => flags.includes('fail') || flags.includes('fail?')

const isServingPrimary = ({ flags, hasSlots }: ClusterNodeLine): boolean =>
  flags.includes('master') && hasSlots && !hasFailed(flags)
