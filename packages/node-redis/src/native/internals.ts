import type { CommandArgument } from '@redis-endpoint-failover/core'

/** The command's arguments, name first, as node-redis encodes them. */
export type RedisArguments = readonly CommandArgument[]

/** Options that travel with one command. Views (`withTypeMapping()`, ...) differ in these alone. */
export interface CommandOptions {
  readonly typeMapping?: unknown
  readonly timeout?: number | undefined
  readonly abortSignal?: AbortSignal | undefined
  readonly asap?: boolean | undefined
}

export interface CommandParser {
  readonly redisArgs: CommandArgument[]
  readonly preserve?: unknown
}

export type TransformReply = ((reply: unknown, preserve?: unknown, typeMapping?: unknown) => unknown) | undefined

export interface QueuedCommand {
  readonly args: RedisArguments
}

/** The listeners of one channel, pattern or shard channel, as node-redis keeps them. */
export interface ChannelListeners {
  unsubscribing: boolean
  readonly buffers: Set<MessageListener>
  readonly strings: Set<MessageListener>
}

export type MessageListener = (message: unknown, channel: unknown) => unknown

export type PubSubType = 'CHANNELS' | 'PATTERNS' | 'SHARDED'

type Subscribe = (channels: readonly string[], listener: MessageListener, bufferMode: true) => Promise<void>

/**
 * The five methods of a node-redis client through which everything goes that is sent to a server, and what else of its
 * inside the routed client uses. They are marked internal upstream, hence `findInternals`.
 */
export interface Internals {
  readonly isOpen: boolean
  readonly isReady: boolean
  readonly isPubSubActive: boolean
  readonly isWatching: boolean
  readonly clientSideCache?: unknown
  readonly options?: { readonly RESP?: number; readonly commandOptions?: unknown }
  _commandOptions: CommandOptions | undefined
  _executeCommand(
    command: unknown,
    parser: CommandParser,
    options: CommandOptions | undefined,
    transformReply: TransformReply,
  ): Promise<unknown>
  _executeScript(
    script: unknown,
    parser: CommandParser,
    options: CommandOptions | undefined,
    transformReply: TransformReply,
  ): Promise<unknown>
  sendCommand(args: RedisArguments, options?: CommandOptions): Promise<unknown>
  _executeMulti(commands: readonly QueuedCommand[], selectedDb?: number): Promise<unknown>
  _executePipeline(commands: readonly QueuedCommand[], selectedDb?: number): Promise<unknown>
  withTypeMapping(typeMapping: unknown): Internals
  watch(keys: unknown): Promise<unknown>
  unwatch(): Promise<unknown>
  setDirtyWatch(message: string): void
  SUBSCRIBE: Subscribe
  UNSUBSCRIBE: Subscribe
  PSUBSCRIBE: Subscribe
  PUNSUBSCRIBE: Subscribe
  SSUBSCRIBE: Subscribe
  SUNSUBSCRIBE: Subscribe
  getPubSubListeners(type: PubSubType): Map<string, ChannelListeners>
  connect(): Promise<unknown>
  destroy(): void
  ref(): void
  unref(): void
  on(event: string, listener: (...args: unknown[]) => void): unknown
  emit(event: string, ...args: unknown[]): boolean
  listenerCount(event: string): number
}
