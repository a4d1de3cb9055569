import type { Timer } from '../../../runtime/clock.ts'
import type { Draw } from '../plan/draw.ts'
import type { SimulationPlan } from '../plan/plan.ts'
import { makeCalls } from './calls.ts'
import type { SimulatedGroup } from './simulated-group.ts'

/** The application: bursts of calls of the kinds that the plan enables, with quiet times between them. */
export class Workload {
  readonly #world: SimulatedGroup
  readonly #plan: SimulationPlan
  readonly #draw: Draw
  readonly #timers = new Set<Timer>()
  readonly #makers: ReturnType<typeof makeCalls>
  #stopped = true

  constructor(world: SimulatedGroup, plan: SimulationPlan, draw: Draw) {
    this.#world = world
    this.#plan = plan
    this.#draw = draw
    this.#makers = makeCalls(world, plan, draw)
  }

  start(): void {
    this.#stopped = false
    if (this.#plan.traffic.length > 0) this.#scheduleBurst()
  }

  /** No further calls; those under way go on. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  #scheduleBurst(): void {
    this.#in(this.#draw.exponential(this.#plan.burstEveryMs), () => {
      this.#burst()
      this.#scheduleBurst()
    })
  }

  // All at once, or spread over a few seconds, so that a server may die in the middle.
  #burst(): void {
    const draw = this.#draw
    const calls = draw.integer(1, 12)
    const spreadMs = draw.pick([0, 20, 2000])
    for (let call = 0; call < calls; call += 1) {
      const kind = draw.pick(this.#plan.traffic)
      this.#in(draw.between(0, spreadMs), () => this.#makers[kind]())
    }
  }

  #in(delayMs: number, work: () => void): void {
    const timer = this.#world.clock.setTimer(() => {
      this.#timers.delete(timer)
      if (!this.#stopped) work()
    }, delayMs)
    this.#timers.add(timer)
  }
}
