import type { CommandArgument } from '../adapter/client-adapter.ts'
import type { TopologyQuestion, TopologyReport } from '../adapter/topology-report.ts'
import type { CheckPeers } from './check-peers.ts'
import type { Evidence } from './evidence.ts'
import type { HealthEvent, ProbeKind } from './health-event.ts'
import type { ServerIdentity } from './server-identity.ts'

/** A connection as the monitor needs it. */
export interface ProbeConnection {
  readonly alive: boolean
  readonly generation: number
  command(args: readonly CommandArgument[]): Promise<unknown>
  /** Looks at all servers behind it; of an endpoint that manages several by itself. */
  examineTopology(question: TopologyQuestion): Promise<TopologyReport>
  destroy(why: string): void
}

/** What a monitor has to know of its group. */
export interface MonitorContext {
  /** No endpoint of the group is up. */
  readonly nothingUp: boolean
  /** Commands wait for an endpoint. */
  readonly commandsWaiting: boolean
  readonly isActive: boolean
  /** It is up and preferred, but not yet for long enough to be moved to. */
  readonly inGrace: boolean
  /** There are other endpoints, with whose servers this one's is to be compared. */
  readonly comparesServers: boolean
}

/** What a monitor reaches of the world: connections, the state machine, and what is to be told. */
export interface MonitorPorts {
  /** Opens a connection for probing, within `timeoutMs`; with `forUse`, one that the application may use afterwards. */
  readonly connect: (kind: ProbeKind, timeoutMs: number, forUse: boolean) => Promise<ProbeConnection>
  /** What an error of the client says about the endpoint. */
  readonly evidenceOf: (error: unknown) => Evidence
  /** Feeds the endpoint's state machine. */
  readonly apply: (event: HealthEvent) => void
  /** A probe began or ended, for events, averages and the history. */
  readonly onStarted: (kind: ProbeKind, check: string) => void
  readonly onEnded: (outcome: ProbeOutcome) => void
  /** A connection that a confirming or fresh probe found good, to become the standby. */
  readonly adopt: (connection: ProbeConnection) => void
  /** The connection on which the endpoint's first probe succeeded, to be the standby when it comes up in a moment. */
  readonly handOver: (connection: ProbeConnection) => void
  /** Gives away the standby, where there is one, to be the monitor connection. */
  readonly borrow: () => ProbeConnection | undefined
  /** When a connection of the application that is still open last received something; `-Infinity` if none did. */
  readonly lastProgressAt: () => number
  readonly context: () => MonitorContext
  /** The endpoints of the group, for checks. */
  readonly peers: CheckPeers
  /** The server said who it is. */
  readonly onIdentity: (identity: ServerIdentity) => void
}

export type ProbeOutcome = {
  readonly kind: ProbeKind
  readonly check: string
} & ({ readonly ok: true; readonly roundTripMs: number } | { readonly ok: false; readonly evidence: Evidence })
