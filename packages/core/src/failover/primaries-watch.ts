import type { EndpointRecord } from '../endpoint/endpoint-record.ts'
import type { EventBus } from '../events/event-bus.ts'
import {
  areRelated,
  type ComparedServer,
  findStalePrimaries,
  primariesOf,
  type StalePrimary,
} from '../health/compare-servers.ts'
import type { HealthEvent } from '../health/health-event.ts'
import { rememberServer } from '../health/known-server.ts'
import type { ServerIdentity } from '../health/server-identity.ts'
import type { GroupState } from './group-state.ts'

/** What a server said this lately is not asked again before it is held against another. */
const FRESH_MS = 50

const DECISIVE = ['runId', 'role', 'replid', 'formerReplid'] as const

export interface PrimariesWatchOptions<TOptions> {
  readonly state: GroupState<TOptions>
  readonly bus: EventBus
  readonly apply: (record: EndpointRecord<TOptions>, event: HealthEvent) => void
  /** Asks the server behind an endpoint again; `undefined` where it does not answer in time. */
  readonly ask: (record: EndpointRecord<TOptions>) => Promise<ServerIdentity | undefined>
}

/**
 * Compares the servers behind all endpoints whenever one of them has said who it is, and has what was found taken up by
 * the endpoints' health. The comparison itself is pure: `health/compare-servers.ts`.
 */
export class PrimariesWatch<TOptions = unknown> {
  readonly #options: PrimariesWatchOptions<TOptions>
  readonly #asked = new Set<EndpointRecord<TOptions>>()
  /** The user has said so, by a `role()` check. */
  readonly #isToldOfOne: boolean
  /** Only one primary is expected: the endpoints belong together. */
  #expectsOne: boolean
  /** The primaries that were last told of, as one text. */
  #told = ''

  constructor(options: PrimariesWatchOptions<TOptions>) {
    this.#options = options
    this.#isToldOfOne = options.state.options.checks.some((check) => check.expectsRole === 'master')
    this.#expectsOne = this.#isToldOfOne
  }

  /** A server said who it is. */
  onIdentity(record: EndpointRecord<TOptions>, identity: ServerIdentity): void {
    const before = record.server?.identity
    this.#remember(record, identity)
    const after = record.server?.identity
    if (after?.runId !== undefined && after.runId !== before?.runId) this.#reportTwin(record, after.runId)
    // The offset grows with every write, and changes nothing.
    if (DECISIVE.some((field) => before?.[field] !== after?.[field])) this.review()
  }

  /** Compares again: an endpoint told something, was removed, or is to be another server from now on. */
  review(): void {
    const servers = this.#servers()
    const stale = findStalePrimaries(servers, this.#isToldOfOne)
    for (const record of this.#options.state.records) this.#reviewStale(record, stale.get(record.id) ?? [])
    this.#expectsOne ||= areRelated(servers)
    if (this.#expectsOne) this.#reportPrimaries(primariesOf(servers, stale))
  }

  #reviewStale(record: EndpointRecord<TOptions>, found: readonly StalePrimary[]): void {
    const known = record.health.stalePrimary
    if (found.some(({ promotedId }) => promotedId === known?.promotedId)) return
    const finding = found[0]
    if (finding !== undefined) this.#reportStale(record, finding)
    else if (known !== undefined) {
      const why =
        record.server?.identity.role === 'replica'
          ? 'it is a replica now'
          : `"${known.promotedId}" is no primary any more that was promoted over it`
      this.#options.apply(record, { type: 'stale-primary-cleared', why })
    }
  }

  // What the promoted server lacks is told once, so it is counted to the moment of the finding, not of the last probe.
  #reportStale(record: EndpointRecord<TOptions>, finding: StalePrimary): void {
    const { apply, ask, state } = this.#options
    if (state.options.clock.now() - (record.server?.readAt ?? -Infinity) <= FRESH_MS) {
      apply(record, { type: 'stale-primary', ...finding })
      return
    }
    if (this.#asked.has(record)) return
    this.#asked.add(record)
    void ask(record).then((identity) => {
      this.#asked.delete(record)
      if (identity !== undefined) this.#remember(record, identity)
      const found = findStalePrimaries(this.#servers(), this.#isToldOfOne).get(record.id)?.[0]
      if (found !== undefined && record.health.stalePrimary?.promotedId !== found.promotedId)
        apply(record, { type: 'stale-primary', ...found })
    })
  }

  #reportPrimaries(endpointIds: readonly string[]): void {
    const told = endpointIds.length < 2 ? '' : JSON.stringify(endpointIds.toSorted())
    if (told === this.#told) return
    this.#told = told
    if (told !== '') this.#options.bus.emit('multiple-primaries', { endpointIds })
  }

  #reportTwin(record: EndpointRecord<TOptions>, runId: string): void {
    const { state, bus } = this.#options
    const twin = state.records.find((other) => other !== record && other.server?.identity.runId === runId)
    if (twin !== undefined) bus.emit('same-server', { endpointIds: [twin.id, record.id], runId })
  }

  #remember(record: EndpointRecord<TOptions>, identity: ServerIdentity): void {
    record.server = rememberServer(record.server, identity, this.#options.state.options.clock.now())
  }

  #servers(): ComparedServer[] {
    return this.#options.state.records.flatMap(({ id, server }) =>
      server === undefined ? [] : [{ endpointId: id, server }],
    )
  }
}
