import type { EventName, FailoverEvent, GroupSnapshot } from '@redis-endpoint-failover/core'
import { eventNames } from '@redis-endpoint-failover/core/testing'
import type { GroupUnderTest } from './client-contract.ts'

export interface RecordedEvent {
  readonly event: FailoverEvent
  /** On the clock of `performance.now()`. */
  readonly receivedAt: number
  /** The snapshot that a listener saw. */
  readonly snapshot: GroupSnapshot
}

/** Every event of a group, in the order in which listeners were called. */
export class EventRecorder {
  readonly records: RecordedEvent[] = []

  constructor(group: GroupUnderTest) {
    for (const name of eventNames)
      group.on(name, (event) =>
        this.records.push({
          event: event as FailoverEvent,
          receivedAt: performance.now(),
          snapshot: group.snapshot(),
        }),
      )
  }

  /** The events of one name. */
  named<N extends EventName>(name: N): FailoverEvent<N>[] {
    return this.records.flatMap(({ event }) => (event.type === name ? [event as unknown as FailoverEvent<N>] : []))
  }

  /** When the first event of that name was received, or NaN. */
  firstAt(name: EventName): number {
    return this.records.find(({ event }) => event.type === name)?.receivedAt ?? Number.NaN
  }

  /** Switches of any kind, in words: `failover east>west (down)`. */
  get switches(): string[] {
    return this.records.flatMap(({ event }) =>
      event.type === 'failover' || event.type === 'failback'
        ? [`${event.type} ${event.from}>${event.to} (${event.reason})`]
        : [],
    )
  }
}
