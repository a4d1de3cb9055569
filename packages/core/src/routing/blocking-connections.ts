import type { ManagedConnection } from '../connections/managed-connection.ts'
import type { FailoverError } from '../errors.ts'
import type { Timer } from '../runtime/clock.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import { BlockedAttempt, UNBLOCKED } from './blocked-attempt.ts'
import { whenGivenUp } from './call.ts'
import type { CommandRoute } from './command-route.ts'
import { blockTimeOf, type CommandTask } from './command-task.ts'

/** A connection that nobody blocks on is kept for so long, in milliseconds. */
const IDLE_MS = 10_000

export interface BlockingPorts<TClient> {
  readonly timers: TimerScope
  /** Connections of one client at the most. */
  readonly max: number
  /** Commands that may wait for one of them. */
  readonly maxWaiting: number
  /** Milliseconds beyond its block time after which a command's connection is taken for stuck. */
  readonly graceMs: number
  readonly createRoute: () => CommandRoute<TClient>
  readonly closeRoute: (route: CommandRoute<TClient>, graceful: boolean) => void
  /** Sends a command to the endpoint on a connection that nothing blocks; `undefined` while there is none. */
  readonly aside: (endpointId: string, args: readonly string[]) => Promise<unknown> | undefined
  /** Ends a connection that does not answer in time. */
  readonly replace: (connection: ManagedConnection<TClient>, silentMs: number) => void
  readonly full: () => FailoverError
}

type Prepare<TClient> = (connection: ManagedConnection<TClient>) => void

interface Waiter<TClient> {
  readonly go: (route: CommandRoute<TClient>) => void
}

/**
 * The connections of one client for commands that the server may hold back: one for each that is under way, so that none
 * holds up another; beyond `max`, first in first out.
 */
export class BlockingConnections<TClient> {
  readonly #ports: BlockingPorts<TClient>
  #prepare: Prepare<TClient> | undefined
  readonly #routes = new Set<CommandRoute<TClient>>()
  readonly #idle = new Map<CommandRoute<TClient>, Timer>()
  readonly #waiting = new Set<Waiter<TClient>>()

  constructor(ports: BlockingPorts<TClient>, prepare?: Prepare<TClient>) {
    this.#ports = ports
    this.#prepare = prepare
  }

  /** Calls `prepare` with every connection, later ones included, before any further command on it. */
  prepareWith(prepare: Prepare<TClient>): void {
    this.#prepare = prepare
    for (const route of this.#routes) route.prepareWith(prepare)
  }

  /** Connections that are open or being opened. */
  get size(): number {
    return this.#routes.size
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Runs one command or pipeline that may block, on a connection of its own. */
  async run<T>(task: CommandTask<TClient, T>): Promise<T> {
    const route = await this.#enter(task)
    try {
      return await this.#runOn(route, task)
    } finally {
      this.#leave(route)
    }
  }

  /** Ends the connections, after what is in flight with `graceful`. */
  close(graceful: boolean): void {
    const routes = [...this.#routes]
    this.#routes.clear()
    for (const timer of this.#idle.values()) timer.cancel()
    this.#idle.clear()
    for (const route of routes) this.#ports.closeRoute(route, graceful)
  }

  async #runOn<T>(route: CommandRoute<TClient>, task: CommandTask<TClient, T>): Promise<T> {
    const { timers } = this.#ports
    const blockMs = blockTimeOf(task)
    let endsAt: number | undefined
    for (;;) {
      const reply = await route.run<T | typeof UNBLOCKED>({
        ...task,
        send: (connection) => {
          const now = timers.clock.now()
          // What was waited on one endpoint is not waited again on the next; 0 would be for ever.
          if (endsAt === undefined) endsAt = now + blockMs
          else if (Number.isFinite(blockMs)) task.setBlockTime?.(Math.max(1, endsAt - now))
          return new BlockedAttempt(this.#ports, route, connection, task, endsAt - now).send()
        },
      })
      // The endpoint was left, and the server has said that nothing was done.
      if (reply !== UNBLOCKED) return reply
    }
  }

  #enter(task: CommandTask<TClient, unknown>): CommandRoute<TClient> | Promise<CommandRoute<TClient>> {
    for (const [route, timer] of this.#idle) {
      this.#idle.delete(route)
      timer.cancel()
      return route
    }
    if (this.#routes.size < this.#ports.max) return this.#open()
    if (this.#waiting.size >= this.#ports.maxWaiting) throw this.#ports.full()
    return new Promise((resolve) => {
      const waiter = { go: resolve }
      this.#waiting.add(waiter)
      // Nobody waits for the promise any more then.
      whenGivenUp(task.call, () => void this.#waiting.delete(waiter))
    })
  }

  #open(): CommandRoute<TClient> {
    const route = this.#ports.createRoute()
    this.#routes.add(route)
    if (this.#prepare !== undefined) route.prepareWith(this.#prepare)
    // An idle one needs no connection to the next endpoint.
    route.onChange(() => this.#drop(route))
    return route
  }

  #leave(route: CommandRoute<TClient>): void {
    const [next] = this.#waiting
    if (next !== undefined) {
      this.#waiting.delete(next)
      next.go(route)
    } else if (this.#routes.has(route)) {
      this.#idle.set(
        route,
        this.#ports.timers.set(IDLE_MS, () => this.#drop(route)),
      )
    }
  }

  #drop(route: CommandRoute<TClient>): void {
    const timer = this.#idle.get(route)
    if (timer === undefined) return
    timer.cancel()
    this.#idle.delete(route)
    this.#routes.delete(route)
    this.#ports.closeRoute(route, false)
  }
}
