import { DEFAULT_REPLIES, encoded } from '../native/raw-commands.ts'
import type { NodeRedisOptions } from '../options/node-redis-options.ts'
import { parseUrl } from '../options/parse-url.ts'
import { hidden, type Lifetime, type NodeRedisNodeOptions, nodeOptions } from './node-options.ts'
import type { MakeBehaviour } from './several-connection.ts'

/** What `createClientPool()` must make to be used: structural, so that it fits all versions, modules and type mappings. */
export interface NodeRedisPool {
  readonly isOpen: boolean
  readonly totalClients: number
  connect(): Promise<unknown>
  destroy(): unknown
  on(event: string | symbol, listener: (...args: unknown[]) => void): unknown
  sendCommand(args: (string | Buffer)[], options?: object): Promise<unknown>
}

/** How many connections a pool keeps. */
export interface NodeRedisPoolSettings {
  /** Default 1. */
  minimum?: number
  /** Default 100. */
  maximum?: number
  /** Milliseconds that a command waits for a connection. Default 3000. */
  acquireTimeout?: number
  /** Milliseconds after which idle connections beyond the minimum are closed. Default 3000. */
  cleanupDelay?: number
}

/** The options of a pool endpoint: those of each client, and of the pool. */
export interface NodeRedisPoolOptions extends Omit<NodeRedisOptions, 'clientSideCache' | 'socket'> {
  socket?: NodeRedisNodeOptions['socket']
  pool?: NodeRedisPoolSettings
}

export type CreatePool<TPool> = (options: NodeRedisOptions, settings: NodeRedisPoolSettings) => TPool

const DEFAULTS = { minimum: 1, maximum: 100, acquireTimeout: 3000, cleanupDelay: 3000 } as const

/** One pool of connections to one server. */
export const makePool =
  <TPool extends NodeRedisPool>(create: CreatePool<TPool>): MakeBehaviour<TPool, NodeRedisPoolOptions> =>
  ({ options, connectTimeout, purpose }, signal) => {
    // Probes go one by one: one connection is all that they need.
    const size = purpose === 'monitor' ? { minimum: 1, maximum: 1 } : {}
    const settings = { ...DEFAULTS, ...options.pool, ...size }
    const client = create(poolClientOptions(options, { connectTimeout, signal }), settings)
    return {
      client,
      // Its first connection must succeed; the strategy that opens lost ones anew would try for ever.
      connect: () =>
        new Promise((resolve, reject) => {
          client.on('error', reject)
          client.connect().then(resolve, reject)
        }),
      command: (args) => client.sendCommand(encoded(args), DEFAULT_REPLIES),
      destroy: () => client.destroy(),
      isOpen: () => client.isOpen,
      on: (event, listener) => client.on(event, listener),
    }
  }

/** The options of the phantom, which never connects. */
export const phantomPool = <TPool>(create: CreatePool<TPool>, options: Partial<NodeRedisPoolOptions>): TPool =>
  create(poolClientOptions(options, { connectTimeout: 1, signal: AbortSignal.abort() }), {
    ...DEFAULTS,
    ...options.pool,
  })

const poolClientOptions = (options: NodeRedisPoolOptions, lifetime: Lifetime): NodeRedisOptions => {
  const { pool: _pool, url, username, password, ...others } = options
  const parts = url === undefined ? undefined : parseUrl(url)
  const socket = { ...others.socket, ...parts?.socket } as NonNullable<NodeRedisNodeOptions['socket']>
  const made = nodeOptions({ ...others, socket }, lifetime, true)
  const inUrl = parts?.username !== undefined || parts?.password !== undefined
  const from = inUrl ? parts : { username, password }
  return {
    ...made,
    ...(parts?.database === undefined ? {} : { database: parts.database }),
    ...(from?.username === undefined ? {} : { username: from.username }),
    ...(from?.password === undefined ? {} : { password: from.password }),
    socket: hidden({ ...made.socket }),
  } as NodeRedisOptions
}
