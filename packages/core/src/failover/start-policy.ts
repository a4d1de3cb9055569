import { type FailoverError, StartFailedError } from '../errors.ts'
import type { EventBus } from '../events/event-bus.ts'
import { endpointState } from '../health/health-state.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'
import type { GroupState } from './group-state.ts'

export interface StartPolicyOptions<TOptions> {
  readonly state: GroupState<TOptions>
  readonly bus: EventBus
  readonly timers: TimerScope
  /** Why each endpoint cannot take commands, in words. */
  readonly causes: () => Record<string, string>
}

/** Waits until enough endpoints are up, for `start()`. */
export class StartPolicy<TOptions> {
  readonly #options: StartPolicyOptions<TOptions>
  readonly #waiting = new Set<(makeError: () => FailoverError) => void>()

  constructor(options: StartPolicyOptions<TOptions>) {
    this.#options = options
  }

  /** Resolves when the policy is met. @throws StartFailedError when it is not within `start.timeout` */
  met(): Promise<void> {
    const { state, bus, timers, causes } = this.#options
    const { name, start } = state.options
    const { policy, timeout } = start
    if (this.#isMet()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        timer.cancel()
        bus.off('health-changed', check)
        bus.off('activated', check)
        bus.off('endpoint-removed', check)
        this.#waiting.delete(abandon)
        finish()
      }
      const check = (): void => {
        if (this.#isMet()) settle(resolve)
      }
      const abandon = (makeError: () => FailoverError): void => settle(() => reject(makeError()))
      const timer = timers.set(timeout, () => abandon(() => new StartFailedError(name, policy, timeout, causes())))
      bus.on('health-changed', check)
      bus.on('activated', check)
      bus.on('endpoint-removed', check)
      this.#waiting.add(abandon)
    })
  }

  /** Ends all waiting, each with an error of its own. */
  abandon(makeError: () => FailoverError): void {
    for (const abandon of [...this.#waiting]) abandon(makeError)
  }

  #isMet(): boolean {
    const { state } = this.#options
    const { policy } = state.options.start
    const up = state.records.filter((record) => endpointState(record.health) === 'up').length
    return up >= endpointsNeeded(policy, state.records.length) && (policy === 'none' || state.activeId !== undefined)
  }
}

/** How many of `total` endpoints have to be up for `start()` to resolve. */
const endpointsNeeded = (policy: 'one' | 'majority' | 'all' | 'none', total: number): number => {
  switch (policy) {
    case 'none':
      return 0
    case 'one':
      return Math.min(1, total)
    case 'majority':
      return Math.floor(total / 2) + 1
    case 'all':
      return total
  }
}
