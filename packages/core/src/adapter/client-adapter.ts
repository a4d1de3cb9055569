import type { ErrorVerdict } from './error-verdict.ts'
import type { SubscriberHandlers, SubscriberLink } from './subscriber-link.ts'
import type { EndpointKind, TopologyQuestion, TopologyReport } from './topology-report.ts'

/** One argument of a Redis command, as both clients accept it. */
export type CommandArgument = string | number | Buffer | Uint8Array

/**
 * What a connection is for. `monitor` carries health probes only; `data` carries the application's commands; `probe` is
 * a short-lived connection that shows whether new connections are accepted, and becomes the standby if they are; `lease`
 * is lent to the application as it is, so options that a transparent client would apply (a key prefix, scripts) belong to
 * it.
 */
export type ConnectionPurpose = 'monitor' | 'data' | 'probe' | 'lease'

/** What the core asks an adapter to connect to. */
export interface ConnectionRequest<TOptions> {
  readonly endpointId: string
  /** The endpoint's own client options, already merged over the group's `clientOptions`. */
  readonly options: TOptions
  readonly purpose: ConnectionPurpose
  /** Milliseconds that connecting may take. The core enforces it by `destroy()`; an adapter may pass it on to its client. */
  readonly connectTimeout: number
  /**
   * To be called when an established connection is lost for any reason but `destroy()` or `close()`; at most once; as
   * soon as the adapter can know, and before the replies that were outstanding are rejected where that is possible.
   */
  readonly onLost: (error: unknown) => void
}

/**
 * One native client with one connection: no offline queue, no reconnection, no resending of its own. Whatever it
 * accepts, it writes; so a command that it refuses was certainly not sent.
 *
 * Of an endpoint that is not `single` it is one native client with several connections, which may open them anew by
 * itself. It is lost (`onLost`) only when the client as a whole has ended.
 */
export interface AdapterConnection<TClient> {
  /** The native client. */
  readonly client: TClient
  /**
   * Connects, handshake included (authentication, database, protocol). Called once. Rejects with the client's own error;
   * must settle when `destroy()` is called meanwhile.
   */
  connect(): Promise<void>
  /** Sends one raw command and resolves with the reply as the client decodes it by default (strings, numbers, arrays). */
  command(args: readonly CommandArgument[]): Promise<unknown>
  /** Ends the connection at once. Every command in flight rejects in this turn of the event loop or the next. Idempotent. */
  destroy(): void
  /** False as soon as a command given to the client now would not be written to the socket. */
  isUsable(): boolean
  /**
   * For `lease`: false where its holder has left it in a state that the next one must not inherit (subscribed, another
   * database, commands in flight), as far as the client shows it. Asked when a lease ends; must be quick. Left out: true.
   */
  isReusable?(): boolean
  /** Bytes received so far on this connection; `undefined` where the client does not show them. */
  bytesRead(): number | undefined
  /**
   * Looks at all servers behind a `managed` endpoint. Rejects only where nothing can be said at all; servers that do not
   * answer are part of the report. Required of such endpoints, and used of no others.
   */
  examineTopology?(question: TopologyQuestion): Promise<TopologyReport>
  /** Lets the process exit although the connection is open. */
  unref(): void
  /** Undoes `unref()`. */
  ref(): void
  /**
   * Optional: makes this connection one for subscriptions. Called at most once, after `connect()`, on a connection that has
   * carried no commands of the application. Without it the transparent client cannot subscribe.
   */
  subscriber?(handlers: SubscriberHandlers): SubscriberLink
}

/**
 * Binds a Redis client to the core. Stateless; `describeAdapterContract()` of the testkit is what an adapter must pass.
 *
 * @typeParam TClient the client's own type
 * @typeParam TOptions the client's own options
 */
export interface ClientAdapter<TClient = unknown, TOptions = unknown> {
  /** The client's package name, for messages. */
  readonly name: string
  /** Makes a client for one connection. Must not touch the network. */
  createConnection(request: ConnectionRequest<TOptions>): AdapterConnection<TClient>
  /** What an error of this client says about the attempt that failed, and about the endpoint's health. Never throws. */
  classifyError(error: unknown): ErrorVerdict
  /** What stands behind an endpoint's client. Default: always `single`. */
  endpointKind?(options: TOptions): EndpointKind
  /** `host:port` or a path for messages; never anything secret. */
  describeAddress(options: TOptions): string
}
