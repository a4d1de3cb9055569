import type { TopologyQuestion } from '@redis-endpoint-failover/core'
import { classifyError } from '../classify-error.ts'
import { DEFAULT_REPLIES, encoded } from '../native/raw-commands.ts'
import { answerOf, clusterReport, type PrimaryAnswer } from './cluster-report.ts'
import { clusterServers } from './cluster-servers.ts'
import { inTime } from './in-time.ts'
import { hidden, type Lifetime, type NodeRedisNodeOptions, nodeOptions, withoutTimeout } from './node-options.ts'
import { openServer } from './open-server.ts'
import type { MakeBehaviour } from './several-connection.ts'

/** One server of a Cluster, as the client shows it. */
interface ClusterNode {
  readonly client?: unknown
}

interface NodeClient {
  readonly isReady: boolean
  sendCommand(args: string[], options?: object): Promise<unknown>
  ref(): void
  unref(): void
}

/** What `createCluster()` must make to be used: structural, so that it fits all versions, modules and type mappings. */
export interface NodeRedisCluster {
  readonly isOpen: boolean
  readonly masters: readonly ClusterNode[]
  readonly replicas: readonly ClusterNode[]
  connect(): Promise<unknown>
  destroy(): unknown
  on(event: string | symbol, listener: (...args: unknown[]) => void): unknown
}

/**
 * The options of `createCluster()` that do not change the client's type. Others belong into `create`: `(options) =>
 * createCluster({ ...options, modules })`.
 */
export interface NodeRedisClusterOptions {
  /** Servers to find the others by; credentials and TLS for all of them belong into `defaults`. */
  rootNodes: Omit<NodeRedisNodeOptions, 'pingInterval'>[]
  /** For the connection to each server. */
  defaults?: NodeRedisNodeOptions
  useReplicas?: boolean
  minimizeConnections?: boolean
  maxCommandRedirections?: number
  nodeAddressMap?:
    | Record<string, { host: string; port: number }>
    | ((address: string) => { host: string; port: number } | undefined)
  /** `timeout`: how long each command may take, as the group's `commandTimeout`; only in `clientOptions`. */
  commandOptions?: { timeout?: number; asap?: boolean }
}

/** At most this often, in milliseconds, the client is asked to look who serves which keys now. */
const REFRESH_EVERY_MS = 500

/** One Cluster client with a connection to each server. */
export const makeCluster =
  <TCluster extends NodeRedisCluster>(
    create: (options: NodeRedisClusterOptions) => TCluster,
  ): MakeBehaviour<TCluster, NodeRedisClusterOptions> =>
  ({ endpointId, options, connectTimeout }, signal) => {
    const lifetime = { connectTimeout, signal }
    const client = create(clusterOptions(options, lifetime))
    const asCluster = client as unknown as RawCluster
    let refreshedAt = -Infinity
    const refresh = (by: unknown): void => {
      const now = performance.now()
      if (now - refreshedAt < REFRESH_EVERY_MS || by === undefined) return
      refreshedAt = now
      void rediscover(client, by)
    }
    return {
      client,
      connect: () => client.connect(),
      command: (args) => {
        const [name, key] = encoded(args)
        return asCluster.sendCommand(routingKey(name, key), false, encoded(args), DEFAULT_REPLIES)
      },
      destroy: () => client.destroy(),
      isOpen: () => client.isOpen,
      hold: (held) => {
        for (const { client: node } of [...client.masters, ...client.replicas])
          if (held) (node as NodeClient | undefined)?.ref()
          else (node as NodeClient | undefined)?.unref()
      },
      on: (event, listener) => client.on(event, listener),
      examine: async (question) => {
        const nodes = [...client.masters]
        const answers = await Promise.all(nodes.map((node) => ask(asCluster, node, question)))
        const spokesman = nodes[answers.findIndex((answer) => answer !== 'silent')]
        if (answers.some((answer) => answer !== 'ok')) refresh(spokesman?.client)
        return clusterReport(answers)
      },
      servers: clusterServers(client, {
        refresh: () => rediscover(client, readyNode(client)),
        open: (open, onLost) => openServer({ endpointId, ...lifetime, open, onLost }),
      }),
      // Not all versions look by themselves who has taken over from a server that is gone.
      onFailure: (error) => {
        const { attempt } = classifyError(error)
        if (attempt === 'unsent' || attempt === 'ambiguous') refresh(readyNode(client))
      },
    }
  }

/** The phantom's options; it never connects. */
export const phantomCluster = <TCluster>(
  create: (options: NodeRedisClusterOptions) => TCluster,
  options: Partial<NodeRedisClusterOptions>,
): TCluster => create(clusterOptions({ rootNodes: [], ...options }, { connectTimeout: 1, signal: AbortSignal.abort() }))

interface RawCluster {
  sendCommand(key: string | Buffer | undefined, readOnly: boolean, args: unknown[], options: object): Promise<unknown>
  nodeClient(node: ClusterNode): Promise<NodeClient>
}

const clusterOptions = (options: NodeRedisClusterOptions, lifetime: Lifetime): NodeRedisClusterOptions => ({
  ...options,
  rootNodes: hidden([...options.rootNodes]),
  defaults: hidden({ ...nodeOptions(options.defaults ?? {}, lifetime, true) }),
  commandOptions: withoutTimeout(options.commandOptions),
})

const ask = async (cluster: RawCluster, node: ClusterNode, question: TopologyQuestion): Promise<PrimaryAnswer> => {
  const info = inTime(question, async () => {
    const client = await cluster.nodeClient(node)
    return answerOf(await client.sendCommand(['CLUSTER', 'INFO'], DEFAULT_REPLIES))
  })
  try {
    return await info
  } catch (error) {
    // A user that may not ask has been answered all the same; whether the state is ok, its other commands will tell.
    return error instanceof Error && error.message.startsWith('NOPERM') ? 'ok' : 'silent'
  }
}

// Checks give raw commands: the first argument is the key, where there is one. Without a key any server will do.
const routingKey = (
  name: string | Buffer | undefined,
  key: string | Buffer | undefined,
): string | Buffer | undefined => (KEYLESS.has(String(name).toUpperCase()) ? undefined : key)
const KEYLESS = new Set(['PING', 'INFO', 'ROLE', 'TIME', 'CLUSTER', 'CONFIG', 'DBSIZE', 'ECHO', 'COMMAND', 'CLIENT'])

const readyNode = ({ masters, replicas }: NodeRedisCluster): unknown =>
  [...masters, ...replicas].find(({ client }) => (client as NodeClient | undefined)?.isReady === true)?.client

// Internal upstream, and no command does it: where it is missing, the client finds the change when it is redirected.
const rediscover = async (cluster: unknown, by: unknown): Promise<void> => {
  if (by === undefined) return
  const inner = (cluster as { _self?: unknown })._self ?? cluster
  const slots = (inner as { _slots?: { rediscover?: (startWith: unknown) => Promise<unknown> } })._slots
  if (typeof slots?.rediscover === 'function') await slots.rediscover(by).catch(() => {})
}
