import type { ErrorVerdict } from '../adapter/error-verdict.ts'
import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { HealthEvent } from '../health/health-event.ts'
import type { EndpointMember } from './endpoint-member.ts'
import type { ManagedConnection } from './managed-connection.ts'
import type { ProgressWatch } from './progress-watch.ts'
import type { RetiringConnections } from './retiring-connections.ts'

export interface LentConnectionsOptions<TClient, TOptions> {
  readonly members: ReadonlyMap<string, EndpointMember<TClient, TOptions>>
  /** Whoever may hold a connection that is gone. */
  readonly borrowers: Iterable<{ readonly forget: (connection: ManagedConnection<TClient>) => void }>
  readonly watch: ProgressWatch
  readonly retiring: RetiringConnections<TClient>
  readonly bus: EventBus
  readonly classify: (error: unknown) => ErrorVerdict
  readonly apply: (record: EndpointRecord<TOptions>, event: HealthEvent) => void
  /** A connection that was in use has been ended, so another is wanted. */
  readonly onReplaced: () => void
}

/**
 * What becomes of the connections that commands are sent on, from the first use to the end, and what their failures say
 * about the endpoints.
 */
export class LentConnections<TClient, TOptions> {
  readonly #options: LentConnectionsOptions<TClient, TOptions>
  /** Those that get no new commands because they have lost a part. */
  readonly #left = new WeakSet<ManagedConnection<TClient>>()

  constructor(options: LentConnectionsOptions<TClient, TOptions>) {
    this.#options = options
  }

  /** A route has put the connection to use. */
  watch(connection: ManagedConnection<TClient>): void {
    const { members, watch, apply } = this.#options
    const member = members.get(connection.endpointId)
    if (member === undefined) return
    watch.add(connection as ManagedConnection, member.watched)
    const { health } = member.record
    if (health.dataConnectionLost)
      apply(member.record, { type: 'data-connection', generation: health.generation, lost: false })
  }

  /** A route wants a connection to the endpoint, and none is ready. */
  missing(endpointId: string): void {
    const record = this.#options.members.get(endpointId)?.record
    if (record === undefined) return
    const { acceptsConnections, confirming, dataConnectionLost } = record.health
    // While a loss is confirmed nothing is lent, and it is not yet known whether the standby can replace what was lost.
    if (!acceptsConnections && !confirming && !dataConnectionLost) {
      this.#options.apply(record, { type: 'data-connection', generation: record.health.generation, lost: true })
    }
  }

  /** Lets what is in flight finish, then ends the connection. */
  retire(connection: ManagedConnection<TClient>): void {
    const { retiring, watch, members } = this.#options
    retiring.add(connection, () => {
      watch.remove(connection as ManagedConnection)
      members.get(connection.endpointId)?.connections.release(connection, 'it is not used any more')
    })
  }

  /** The endpoint answers, and this one connection to it does not: its commands are settled by class. */
  replace(connection: ManagedConnection<TClient>, silentMs: number): void {
    const { bus, members, onReplaced } = this.#options
    this.#drop(connection)
    bus.emit('connection-replaced', { endpointId: connection.endpointId, connectionId: connection.id, silentMs })
    members.get(connection.endpointId)?.connections.release(connection, `it was silent for ${Math.round(silentMs)} ms`)
    onReplaced()
  }

  /** The connection was lost: evidence about its endpoint, and nobody may go on using it. */
  lost(connection: ManagedConnection<TClient>, error: unknown): void {
    const { classify, members, onReplaced } = this.#options
    this.#drop(connection)
    const { evidence } = classify(error)
    const message = evidence.weight === 'hard' ? evidence.message : 'an established connection was lost'
    const reason = evidence.weight === 'hard' ? evidence.reason : 'connection-lost'
    const member = members.get(connection.endpointId)
    member?.observe(connection.generation, { weight: 'hard', reason, message })
    // Elsewhere the confirmation comes first; the loss of such a client needs none, as it says nothing of its servers.
    if (member?.kind === 'managed') onReplaced()
  }

  /** An attempt on the connection failed: evidence about its endpoint, or the first sign that it is lost. */
  observe(connection: ManagedConnection<TClient>, verdict: ErrorVerdict, error: unknown): void {
    const { evidence, attempt } = verdict
    const member = this.#options.members.get(connection.endpointId)
    if (member === undefined) return
    // A connection that takes no more commands is lost, whatever the error says of it; its own event may come later.
    if ((attempt === 'unsent' || attempt === 'ambiguous') && !connection.isUsable()) {
      connection.reportLost(error)
      return
    }
    if (evidence.weight === 'none') return
    const isLoss = attempt !== 'rejected' && attempt !== 'answered' && evidence.weight !== 'local'
    if (member.kind !== 'single') {
      member.observe(connection.generation, isLoss ? { ...evidence, weight: 'hard' } : evidence)
      if (member.kind === 'pool' && isLoss) this.#leave(connection)
      return
    }
    // What an established connection fails with is its loss, whatever the error would mean for a new one.
    if (attempt !== 'rejected' && attempt !== 'answered' && evidence.weight !== 'soft' && evidence.weight !== 'local') {
      connection.reportLost(error)
      return
    }
    if (evidence.weight === 'soft') member.countFailure(connection)
    member.observe(connection.generation, evidence)
  }

  // One of several connections to one server is gone. What is in flight on the others may finish; what comes next waits for
  // the confirmation, as with a single connection, and gets a client all of whose connections are new.
  #leave(connection: ManagedConnection<TClient>): void {
    if (this.#left.has(connection)) return
    this.#left.add(connection)
    for (const borrower of this.#options.borrowers) borrower.forget(connection)
    this.retire(connection)
    this.#options.onReplaced()
  }

  #drop(connection: ManagedConnection<TClient>): void {
    const { watch, borrowers, members } = this.#options
    watch.remove(connection as ManagedConnection)
    for (const borrower of borrowers) borrower.forget(connection)
    members.get(connection.endpointId)?.connections.forget(connection)
  }
}
