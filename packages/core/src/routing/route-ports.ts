import type { ErrorVerdict } from '../adapter/error-verdict.ts'
import type { EndpointConnections } from '../connections/endpoint-connections.ts'
import type { ManagedConnection } from '../connections/managed-connection.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import type { FailoverError } from '../errors.ts'
import type { RepeatPorts } from '../retry/begin-repeat.ts'
import type { Random } from '../runtime/random.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { BlockingPorts } from './blocking-connections.ts'
import type { Limiter } from './call-limits.ts'
import type { WaitingRoom } from './waiting-commands.ts'

/** What one client may have otherwise than its group. */
export interface RouteOptions {
  /** Milliseconds for each command, 0 for any time. Default: the group's. */
  readonly commandTimeout?: number
}

/** What routes and `group.execute()` do alike about attempts that failed. */
export interface RetryPorts<TClient> extends RepeatPorts {
  readonly timers: TimerScope
  readonly random: Random
  readonly maxAttempts: number
  readonly classify: (error: unknown) => ErrorVerdict
  /** An attempt failed: evidence about the endpoint. */
  readonly observe: (connection: ManagedConnection<TClient>, verdict: ErrorVerdict, error: unknown) => void
  readonly noEndpoint: (waitedMs: number, cause: unknown) => FailoverError
}

/** What a route needs of its group. */
export interface RoutePorts<TClient> extends RetryPorts<TClient> {
  readonly room: WaitingRoom
  readonly limiter: Limiter
  /** For commands that may block. */
  readonly blocking: BlockingPorts<TClient>
  /** Milliseconds for each command; `undefined` or 0 for any time. */
  readonly commandTimeout: number | undefined
  /** Commands in flight at the most, those that block aside; `undefined` for any number. */
  readonly maxInFlight: number | undefined
  readonly selectionTimeout: number
  readonly isIdempotent: ((args: readonly unknown[]) => boolean) | undefined
  readonly epoch: () => number
  /** The endpoints that a connection is wanted to now. One with a sticky strategy, several with a spreading one. */
  readonly targets: () => readonly string[]
  /** Chooses among the targets, for spreading strategies; `undefined` with a sticky one. */
  readonly pick: (() => Endpoint | undefined) | undefined
  /** An endpoint's position in configuration order; -1 where there is no such endpoint. */
  readonly orderOf: (endpointId: string) => number
  readonly connectionsOf: (endpointId: string) => EndpointConnections<TClient> | undefined
  /** Whether the endpoint takes writes, as far as is known. */
  readonly takesWrites: (endpointId: string) => boolean
  /** No connection to this target is ready now. */
  readonly onMissing: (endpointId: string) => void
  /** Lets what is in flight finish, then ends the connection. */
  readonly retire: (connection: ManagedConnection<TClient>) => void
  readonly watch: (connection: ManagedConnection<TClient>) => void
  readonly waitingFull: () => FailoverError
  readonly closedError: () => FailoverError
}
