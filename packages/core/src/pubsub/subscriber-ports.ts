import type { ErrorVerdict } from '../adapter/error-verdict.ts'
import type { MessageHandler } from '../adapter/subscriber-link.ts'
import type { ManagedConnection } from '../connections/managed-connection.ts'
import type { FailoverError } from '../errors.ts'
import type { CommandRoute } from '../routing/command-route.ts'
import type { WaitingRoom } from '../routing/waiting-commands.ts'
import type { Random } from '../runtime/random.ts'
import type { StallDetector } from '../runtime/stall-detector.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { GapReport } from './gap-reports.ts'

/** What subscriptions need of their group. */
export interface SubscriberPorts<TClient> {
  readonly timers: TimerScope
  readonly stalls: StallDetector
  readonly random: Random
  readonly room: WaitingRoom
  readonly selectionTimeout: number
  /** Milliseconds for each call of `subscribe()`; `undefined` or 0 for any time. */
  readonly commandTimeout: number | undefined
  /** Takes the messages of the connection in use. */
  readonly onMessage: MessageHandler
  /** @throws GroupClosedError */
  readonly openRoute: () => CommandRoute<TClient>
  readonly closeRoute: (route: CommandRoute<TClient>) => void
  readonly healthOf: (endpointId: string) => { readonly interval: number; readonly timeout: number }
  readonly classify: (error: unknown) => ErrorVerdict
  /** Probes the endpoint; whether it answers. */
  readonly answers: (endpointId: string) => Promise<boolean>
  /** The endpoint answers, and this connection to it does not: ends it, so that another takes its place. */
  readonly replace: (connection: ManagedConnection<TClient>, silentMs: number) => void
  readonly onMoved: (report: GapReport, epoch: number) => void
  /** A subscription that had been confirmed before is refused by this endpoint. */
  readonly onRefused: (endpointId: string, error: unknown) => void
  /** Something of the application or the adapter threw. */
  readonly onError: (endpointId: string, error: unknown) => void
  readonly noEndpoint: (waitedMs: number) => FailoverError
  readonly waitingFull: () => FailoverError
  readonly closedError: () => FailoverError
}
