import type { FailoverGroup } from '../../../failover-group.ts'
import type { CommandRoute } from '../../../routing/command-route.ts'
import type { ScriptedAdapter } from '../../scripted/scripted-adapter.ts'
import type { ScriptedClient, ScriptedOptions } from '../../scripted/scripted-connection.ts'
import type { VirtualClock } from '../../virtual-clock.ts'
import type { Ledger } from './ledger.ts'

/** The group under test and what surrounds it. */
export interface SimulatedGroup {
  readonly clock: VirtualClock
  readonly adapter: ScriptedAdapter
  readonly group: FailoverGroup<ScriptedClient, ScriptedOptions>
  /** The way of the application's client. */
  readonly route: CommandRoute<ScriptedClient>
  readonly ledger: Ledger
  readonly leases: LeaseBook
  readonly messages: MessageBook
  /** Something that must never happen. */
  readonly violate: (invariant: number, text: string) => void
}

/** Which connections are lent to whom. */
export interface LeaseBook {
  readonly onLent: (connectionId: number, endpointId: string) => void
  readonly onEnded: (connectionId: number) => void
}

/** What arrives on subscriptions. */
export interface MessageBook {
  readonly onMessage: (subscriber: number, channel: string, message: string) => void
}
