import type { ServerDirectory } from '@redis-endpoint-failover/core'
import { DEFAULT_REPLIES, encoded } from '../native/raw-commands.ts'
import { inTime } from './in-time.ts'
import { hidden, type Lifetime, type NodeRedisNodeOptions, nodeOptions, withoutTimeout } from './node-options.ts'
import { openServer } from './open-server.ts'
import type { MakeBehaviour } from './several-connection.ts'

/** What `createSentinel()` must make to be used: structural, so that it fits all versions, modules and type mappings. */
export interface NodeRedisSentinel {
  readonly isOpen: boolean
  readonly isReady: boolean
  connect(): Promise<unknown>
  destroy(): unknown
  on(event: string | symbol, listener: (...args: unknown[]) => void): unknown
  sendCommand(readOnly: boolean, args: (string | Buffer)[], options?: object): Promise<unknown>
}

/**
 * The options of `createSentinel()` that do not change the client's type. Others belong into `create`: `(options) =>
 * createSentinel({ ...options, modules })`.
 */
export interface NodeRedisSentinelOptions {
  /** The name under which the Sentinels know the primary. */
  name: string
  sentinelRootNodes: { host: string; port: number }[]
  /** For the connections to the primary and its replicas. */
  nodeClientOptions?: Omit<NodeRedisNodeOptions, 'url'>
  /** For the connections to the Sentinels. */
  sentinelClientOptions?: Omit<NodeRedisNodeOptions, 'url'>
  masterPoolSize?: number
  replicaPoolSize?: number
  /** Milliseconds between two looks at the Sentinels, beside their messages. Default 2000. */
  scanInterval?: number
  nodeAddressMap?:
    | Record<string, { host: string; port: number }>
    | ((address: string) => { host: string; port: number } | undefined)
  /** `timeout`: how long each command may take, as the group's `commandTimeout`; only in `clientOptions`. */
  commandOptions?: { timeout?: number; asap?: boolean }
}

const SCAN_INTERVAL_MS = 2000

/** One Sentinel client: a connection to a Sentinel, and to the primary that it names. */
export const makeSentinel =
  <TSentinel extends NodeRedisSentinel>(
    create: (options: NodeRedisSentinelOptions) => TSentinel,
  ): MakeBehaviour<TSentinel, NodeRedisSentinelOptions> =>
  ({ endpointId, options, connectTimeout }, signal) => {
    const lifetime = { connectTimeout, signal }
    const client = create(sentinelOptions(options, lifetime))
    return {
      client,
      connect: () => client.connect(),
      command: (args) => client.sendCommand(false, encoded(args), DEFAULT_REPLIES),
      destroy: () => client.destroy(),
      isOpen: () => client.isOpen,
      on: (event, listener) => client.on(event, listener),
      servers: serversOf(client, (open, onLost) => openServer({ endpointId, ...lifetime, open, onLost })),
      // Asked of the primary itself: what the Sentinels say may be older than what is.
      examine: async (question) => {
        try {
          const reply = await inTime(question, () => client.sendCommand(false, ['ROLE'], DEFAULT_REPLIES))
          const role = Array.isArray(reply) && typeof reply[0] === 'string' ? reply[0] : 'unknown'
          const ok = role === 'master'
          const message = ok ? 'the primary answers' : `the server that is named as the primary is a ${role}`
          return { ok, primaries: 1, answering: 1, message }
        } catch (error) {
          if (error instanceof Error && error.message.startsWith('NOPERM'))
            return { ok: true, primaries: 1, answering: 1, message: 'the primary answers' }
          return { ok: false, primaries: 1, answering: 0, message: 'no primary was found that answers' }
        }
      },
    }
  }

type Open = (primary: () => Promise<unknown>, onLost: (error: unknown) => void) => ReturnType<ServerDirectory['open']>

// Subscriptions are at the primary, as with the client's own methods. The client itself notices who that is.
const serversOf = (client: unknown, open: Open): ServerDirectory | undefined => {
  const { _execute: execute, getMasterNode } = client as RawSentinel
  // Internal upstream, and nothing public shows the client of the primary.
  if (typeof execute !== 'function' || typeof getMasterNode !== 'function') return undefined
  const primary = (): string | undefined => {
    const node = (client as RawSentinel).getMasterNode()
    return node === undefined ? undefined : `${node.host}:${node.port}`
  }
  return {
    locate: primary,
    has: (server) => primary() === server,
    refresh: () => Promise.resolve(),
    open: (_server, onLost) =>
      open(() => (client as RawSentinel)._execute(false, (native) => Promise.resolve(native)), onLost),
  }
}

interface RawSentinel {
  _execute(isReadOnly: boolean, use: (native: unknown) => Promise<unknown>): Promise<unknown>
  getMasterNode(): { readonly host: string; readonly port: number } | undefined
}

/** The phantom's options; it never connects. */
export const phantomSentinel = <TSentinel>(
  create: (options: NodeRedisSentinelOptions) => TSentinel,
  options: Partial<NodeRedisSentinelOptions>,
): TSentinel =>
  create(
    sentinelOptions(
      { name: 'phantom', sentinelRootNodes: [], ...options },
      { connectTimeout: 1, signal: AbortSignal.abort() },
    ),
  )

const sentinelOptions = (options: NodeRedisSentinelOptions, lifetime: Lifetime): NodeRedisSentinelOptions =>
  ({
    ...options,
    sentinelRootNodes: hidden([...options.sentinelRootNodes]),
    // A lost connection is opened anew by finding the primary again, which may be another one by then.
    nodeClientOptions: hidden({ ...nodeOptions(options.nodeClientOptions ?? {}, lifetime, false) }),
    sentinelClientOptions: hidden({ ...nodeOptions(options.sentinelClientOptions ?? {}, lifetime, false) }),
    scanInterval: options.scanInterval ?? SCAN_INTERVAL_MS,
    commandOptions: withoutTimeout(options.commandOptions),
    // It would send a write again whose reply was lost with the primary: which commands go again is the group's to say.
    maxCommandRediscovers: 0,
  }) as NodeRedisSentinelOptions
