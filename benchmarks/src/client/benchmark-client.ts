import type {
  AcquireOptions,
  EventName,
  FailoverEvent,
  FailoverGroupOptions,
  GroupSnapshot,
} from '@redis-endpoint-failover/core'
import type { Workload } from '../scenario/overhead-run.ts'

/** The commands that figures use; the client itself, so that nothing stands between it and what is measured. */
export interface Commands {
  get(key: string): Promise<string | null>
  incr(key: string): Promise<number>
  set(key: string, value: string): Promise<unknown>
}

export interface Address {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string
  /** Speak TLS, and trust this authority. */
  readonly tls?: { readonly ca: string; readonly servername?: string }
}

/** Settings of the group, without what a client decides. The first address is the preferred one. */
export type GroupSettings = Omit<FailoverGroupOptions, 'endpoints'>

/** What figures listen to and look at; the group of any adapter. */
export interface ObservedGroup {
  readonly active: string | undefined
  on<N extends EventName>(name: N, listener: (event: FailoverEvent<N>) => void): unknown
  off<N extends EventName>(name: N, listener: (event: FailoverEvent<N>) => void): unknown
  snapshot(): GroupSnapshot
  history(): readonly FailoverEvent[]
  switchTo(id: string): Promise<void>
  remove(id: string): Promise<void>
  acquire(options?: AcquireOptions): Promise<AsyncDisposable>
}

/** A transparent client with its group. */
export interface Routed {
  readonly client: Commands
  readonly group: ObservedGroup
  /** Any command, by its words. */
  send(...words: string[]): Promise<unknown>
  connect(): Promise<void>
  close(): Promise<void>
  /** One more client of the same group, not connected yet. */
  another(): Bare
  /** One more endpoint, preferred to none. */
  add(address: Address): Promise<void>
  subscribe(channel: string, onMessage: (message: string) => void): Promise<unknown>
  /** INCR of a key within MULTI and EXEC. */
  transaction(key: string): Promise<unknown>
}

/** The client library alone. */
export interface Bare {
  readonly client: Commands
  connect(): Promise<void>
  close(): Promise<void>
}

/** The client library as its users get it, without anything of ours. */
export interface Standalone extends Bare {
  /** Ends it without waiting for replies. */
  drop(): Promise<void>
}

/** A pool of connections under measurement. */
export interface BenchmarkPool {
  readonly name: string
  open(): Promise<void>
  /** Acquire and release; `undefined` where a pool has no such. */
  readonly pair: (() => Promise<unknown>) | undefined
  /** Acquire, one GET, release. */
  get(): Promise<unknown>
  close(): Promise<void>
}

export const clientNames = ['node-redis', 'ioredis'] as const
export type ClientName = (typeof clientNames)[number]

/** A client library under measurement. */
export interface BenchmarkClient {
  readonly name: ClientName
  createRouted(addresses: readonly Address[], settings?: GroupSettings): Routed
  /** With the settings that the transparent client runs with. */
  createBare(address: Address): Bare
  /** As it comes. */
  createDefault(address: Address): Standalone
  /** As it comes, asking these Sentinels for the primary of that name, and following them where it has to be told to. */
  createSentinel(sentinels: readonly Pick<Address, 'host' | 'port'>[], name: string): Standalone
  /** One piece of work after another, on a client made here. */
  work(client: Commands, workload: Workload): () => Promise<unknown>
  /** All pools for this client, the group's first. */
  createPools(addresses: readonly Address[], size: number): Promise<readonly BenchmarkPool[]>
}
