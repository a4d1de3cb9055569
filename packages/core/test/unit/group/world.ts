import { type FailoverEvent, FailoverGroup, type FailoverGroupOptions, type Timer } from '../../../src/index.ts'
import type { CallLimits } from '../../../src/routing/call-limits.ts'
import type { CommandRoute } from '../../../src/routing/command-route.ts'
import type { CommandUnit } from '../../../src/routing/command-task.ts'
import {
  createScriptedAdapter,
  type ScriptedAdapter,
  type ScriptedClient,
  type ScriptedEndpoint,
  type ScriptedOptions,
  seededRandom,
  VirtualClock,
} from '../../../src/testing.ts'

export type Options = Partial<FailoverGroupOptions<ScriptedOptions>>

export interface Sent {
  readonly name: string
  readonly at: number
  readonly readOnly: boolean
  settledAt: number | undefined
  outcome: 'pending' | 'resolved' | 'rejected'
  value: unknown
  error: unknown
}

export interface Send {
  readonly readOnly?: boolean
  readonly unit?: CommandUnit
  readonly route?: CommandRoute<ScriptedClient>
  readonly limits?: CallLimits
}

/** A group over scripted endpoints on a virtual clock, and what a test needs to disturb and to observe it. */
export class World {
  readonly clock: VirtualClock
  readonly adapter: ScriptedAdapter
  readonly group: FailoverGroup<ScriptedClient, ScriptedOptions>
  readonly route: CommandRoute<ScriptedClient>
  readonly sent: Sent[] = []
  #writes = 0
  readonly #traffic = new Set<Timer>()

  constructor(options: Options = {}, seed: number | string = 1) {
    this.clock = new VirtualClock()
    this.adapter = createScriptedAdapter({
      clock: this.clock,
      random: seededRandom(`adapter ${seed}`),
      keepInLog: ({ args }) => !['PING', 'ROLE', 'INFO'].includes(args[0]!),
    })
    this.group = new FailoverGroup<ScriptedClient, ScriptedOptions>(this.adapter, {
      endpoints: [
        { id: 'east', weight: 2, options: {} },
        { id: 'west', weight: 1, options: {} },
      ],
      historySize: 100_000,
      ...options,
      runtime: { clock: this.clock, random: seededRandom(`group ${seed}`) },
    })
    this.route = this.group.createRoute()
  }

  get east(): ScriptedEndpoint {
    return this.adapter.endpoint('east')
  }

  get west(): ScriptedEndpoint {
    return this.adapter.endpoint('west')
  }

  endpoint(id: string): ScriptedEndpoint {
    return this.adapter.endpoint(id)
  }

  /** Starts the group and gives it `ms` to come to rest. */
  async start(ms = 50): Promise<this> {
    const started = settle(this.group.start())
    await this.clock.advance(ms)
    if (started.outcome === 'rejected') throw started.error
    return this
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms)
  }

  /** Issues one command and records how it ends. */
  send(
    args: readonly string[],
    { readOnly = args[0] === 'GET', unit = 'command', route = this.route, limits }: Send = {},
  ): Sent {
    const sent: Sent = {
      name: args[0]!,
      at: this.clock.now(),
      readOnly,
      settledAt: undefined,
      outcome: 'pending',
      value: undefined,
      error: undefined,
    }
    this.sent.push(sent)
    route
      .run({ name: args[0]!, unit, readOnly, args, limits, send: (connection) => connection.client.send(args) })
      .then(
        (value) => Object.assign(sent, { outcome: 'resolved', value, settledAt: this.clock.now() }),
        (error: unknown) => Object.assign(sent, { outcome: 'rejected', error, settledAt: this.clock.now() }),
      )
    return sent
  }

  /** Issues a command, waits for its end, and returns it. */
  async call(args: readonly string[], send: Send = {}): Promise<Sent> {
    const sent = this.send(args, send)
    await this.clock.runUntil(() => sent.outcome !== 'pending')
    return sent
  }

  /** Steady traffic until `stopTraffic()`: reads and writes per second. Each write has a value of its own. */
  traffic(reads = 200, writes = 50): void {
    const every = (perSecond: number, send: () => void): void => {
      if (perSecond === 0) return
      let timer: Timer | undefined
      const next = (): void => {
        if (timer !== undefined) this.#traffic.delete(timer)
        send()
        timer = this.clock.setTimer(next, 1000 / perSecond)
        this.#traffic.add(timer)
      }
      next()
    }
    every(reads, () => this.send(['GET', 'k']))
    every(writes, () => this.send(['SET', 'k', `${this.#writes++}`]))
  }

  stopTraffic(): void {
    for (const timer of this.#traffic) timer.cancel()
    this.#traffic.clear()
  }

  get events(): readonly FailoverEvent[] {
    return this.group.history()
  }

  of<N extends FailoverEvent['type']>(type: N): FailoverEvent<N>[] {
    // A filter by a generic name cannot narrow the union.
    return this.events.filter((event) => event.type === type) as unknown as FailoverEvent<N>[]
  }

  /** Moves from one endpoint to another, of any kind. */
  get switches(): readonly FailoverEvent[] {
    return this.events.filter(({ type }) => type === 'failover' || type === 'failback')
  }

  /** How often an endpoint went DOWN. */
  get deaths(): number {
    return this.of('health-changed').filter(({ to }) => to === 'down').length
  }

  /** Monotonic time of an event: the virtual wall clock runs with it. */
  timeOf(event: { readonly at: number } | undefined): number {
    return event === undefined ? Number.NaN : event.at - (this.clock.wallTime() - this.clock.now())
  }

  state(id: string) {
    return this.group.snapshot().endpoints.find((endpoint) => endpoint.id === id)!
  }

  /** How often each written value was executed, over all endpoints; anything above 1 is a duplicate. */
  get duplicates(): number {
    const counts = new Map<string, number>()
    for (const { args } of this.adapter.log)
      if (args[0] === 'SET') counts.set(args.join(' '), (counts.get(args.join(' ')) ?? 0) + 1)
    return [...counts.values()].filter((count) => count > 1).length
  }

  get pending(): number {
    return this.sent.filter(({ outcome }) => outcome === 'pending').length
  }

  /** Ends the group; nothing of it may be left. */
  async close(drainTimeout = 0): Promise<{ timers: number; held: number; connections: number; pending: number }> {
    this.stopTraffic()
    const closed = settle(this.group.close({ drainTimeout }))
    await this.clock.advance(drainTimeout + 1)
    const ids = new Set(['east', 'west', ...this.group.snapshot().endpoints.map(({ id }) => id)])
    return {
      timers: this.clock.pendingTimers + (closed.outcome === 'resolved' ? 0 : 1000),
      held: this.clock.heldBy,
      connections: [...ids].reduce((sum, id) => sum + this.endpoint(id).connections.length, 0),
      pending: this.pending,
    }
  }
}

export const nothingLeft = { timers: 0, held: 0, connections: 0, pending: 0 }

/** How a promise ends, to be looked at at any time. */
export const settle = <T>(promise: Promise<T>) => {
  const settled: { outcome: 'pending' | 'resolved' | 'rejected'; value: T | undefined; error: unknown } = {
    outcome: 'pending',
    value: undefined,
    error: undefined,
  }
  promise.then(
    (value) => Object.assign(settled, { outcome: 'resolved', value }),
    (error: unknown) => Object.assign(settled, { outcome: 'rejected', error }),
  )
  return settled
}
