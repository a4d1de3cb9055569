import { setTimeout as sleep } from 'node:timers/promises'
import type { EndpointSnapshot, EventName, FailoverEvent } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import type {
  Address,
  BenchmarkClient,
  Commands,
  GroupSettings,
  ObservedGroup,
  Routed,
} from '../client/benchmark-client.ts'
import type { StallWatch } from '../measure/stall-watch.ts'

/** The events that mean: commands go elsewhere than before. */
const switchEvents = ['activated', 'deactivated', 'failover', 'failback'] as const

export interface SeenEvent {
  /** When the listener was called, on the clock of `performance.now()`. */
  readonly at: number
  readonly event: FailoverEvent
}

/** How long a standby connection and the first probes may need before anything is injected. */
const settleMs = 150

/** One connected transparent client, with all that its group told. */
export class Session implements AsyncDisposable {
  readonly client: Commands
  readonly group: ObservedGroup
  readonly #routed: Routed
  readonly #switches: SeenEvent[] = []

  /** Not connected yet. */
  constructor(client: BenchmarkClient, addresses: readonly Address[], settings: GroupSettings, stalls: StallWatch) {
    this.#routed = client.createRouted(addresses, settings)
    this.client = this.#routed.client
    this.group = this.#routed.group
    stalls.follow(this.group)
    for (const name of switchEvents) {
      this.group.on(name, (event) => this.#switches.push({ at: performance.now(), event: event as FailoverEvent }))
    }
  }

  /** Connects, and waits until both endpoints are up and the preferred one is active. */
  async connect(): Promise<this> {
    await this.#routed.connect()
    await eventually(() => {
      const { active, endpoints } = this.group.snapshot()
      return active === endpoints[0]?.id && endpoints.every(({ state }) => state === 'up')
    })
    await sleep(settleMs)
    return this
  }

  /** Any command, by its words. */
  send(...words: string[]): Promise<unknown> {
    return this.#routed.send(...words)
  }

  /** Connects and does nothing else. */
  connectOnly(): Promise<void> {
    return this.#routed.connect()
  }

  /** One more endpoint, preferred to none. */
  add(address: Address): Promise<void> {
    return this.#routed.add(address)
  }

  subscribe(channel: string, onMessage: (message: string) => void): Promise<unknown> {
    return this.#routed.subscribe(channel, onMessage)
  }

  /** INCR of a key within MULTI and EXEC. */
  transaction(key: string): Promise<unknown> {
    return this.#routed.transaction(key)
  }

  /** What moved the commands elsewhere since `from`. */
  switchesSince(from: number): SeenEvent[] {
    return this.#switches.filter(({ at }) => at >= from)
  }

  /** All events of this name since `from`, on the clock of `performance.now()`; as far back as the group's history goes. */
  eventsSince<N extends EventName>(name: N, from: number): FailoverEvent<N>[] {
    const since = Math.floor(performance.timeOrigin + from)
    const found = this.group.history().filter((event) => event.type === name && event.at >= since)
    return found as unknown as FailoverEvent<N>[]
  }

  /** What the group says about one endpoint now. */
  endpoint(id: string): EndpointSnapshot {
    const found = this.group.snapshot().endpoints.find((endpoint) => endpoint.id === id)
    if (found === undefined) throw new Error(`There is no endpoint "${id}".`)
    return found
  }

  /** Resolves with the moment of the first such event, or with Infinity after `timeoutMs`. */
  async momentOf<N extends EventName>(
    name: N,
    timeoutMs: number,
    matches: (event: FailoverEvent<N>) => boolean = () => true,
  ): Promise<number> {
    return await new Promise((resolve) => {
      const settle = (at: number): void => {
        clearTimeout(timer)
        this.group.off(name, listener)
        resolve(at)
      }
      const listener = (event: FailoverEvent<N>): void => {
        if (matches(event)) settle(performance.now())
      }
      const timer = setTimeout(() => settle(Number.POSITIVE_INFINITY), timeoutMs)
      this.group.on(name, listener)
    })
  }

  close(): Promise<void> {
    return this.#routed.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
