import type { EndpointConfig } from '../../../endpoint/endpoint.ts'
import { FailoverError } from '../../../errors.ts'
import type { Timer } from '../../../runtime/clock.ts'
import type { ScriptedOptions } from '../../scripted/scripted-connection.ts'
import type { Draw } from '../plan/draw.ts'
import type { OperationKind } from '../plan/features.ts'
import type { SimulationPlan } from '../plan/plan.ts'
import type { SimulatedGroup } from './simulated-group.ts'

/** Operators who do what the plan enables at random moments, often several at once. */
export class Operators {
  readonly #world: SimulatedGroup
  readonly #plan: SimulationPlan
  readonly #draw: Draw
  readonly #onOperation: (text: string) => void
  readonly #configs: ReadonlyMap<string, EndpointConfig<ScriptedOptions>>
  #timer: Timer | undefined
  /** Calls that have not ended yet. */
  pending = 0
  /** When an operator last asked for something, in monotonic milliseconds. */
  lastAt = -Infinity

  constructor(world: SimulatedGroup, plan: SimulationPlan, draw: Draw, onOperation: (text: string) => void) {
    this.#world = world
    this.#plan = plan
    this.#draw = draw
    this.#onOperation = onOperation
    this.#configs = new Map(plan.group.endpoints.map((config) => [config.id, config]))
  }

  start(): void {
    if (this.#plan.operations.length > 0) this.#schedule()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Puts everything back: each endpoint is in the group and in service as configured, and nothing is pinned. */
  async restore(): Promise<void> {
    const { group } = this.#world
    if (group.lifecycle === 'closed') return
    await Promise.all(
      [...this.#configs].map(async ([id, config]) => {
        // Behind whatever is still going on with it.
        await this.#ask('restore', () => group.resume(id))
        if (!group.snapshot().endpoints.some((endpoint) => endpoint.id === id))
          await this.#ask('restore', () => group.add(config))
        // A stale primary stays one until it follows another, or an operator says that it is another server now.
        const isStale = group.snapshot().endpoints.some((one) => one.id === id && one.stalePrimary !== undefined)
        const change = { weight: config.weight ?? 1, ...(isStale ? { options: config.options } : {}) }
        await this.#ask('restore', () => group.update(id, change))
      }),
    )
    group.unpin()
  }

  /** One operation now, whatever the plan says. */
  perform(kind: OperationKind): void {
    const { group } = this.#world
    const draw = this.#draw
    const id = draw.pick([...this.#configs.keys()])
    const drainTimeout = draw.pick([0, 50, 2000])
    const operations: Readonly<Record<OperationKind, () => unknown>> = {
      drain: () => group.drain(id, { drainTimeout }),
      resume: () => group.resume(id),
      remove: () => group.remove(id, { drainTimeout }),
      add: () => group.add(this.#configs.get(id)!),
      'update-weight': () => group.update(id, { weight: draw.integer(0, 5) }),
      reconfigure: () => group.update(id, { options: {} }),
      'switch-to': () => group.switchTo(id),
      'switch-to-forced': () => group.switchTo(id, { force: true, pin: draw.chance(0.5) }),
      'switch-to-unpinned': () => group.switchTo(id, { pin: false }),
      unpin: () => group.unpin(),
      failback: () => group.failback(),
      look: () => [group.snapshot(), group.history(), group.snapshot().endpoints.map((one) => group.explain(one.id))],
      nonsense: () => group.update('nobody', { weight: -1 }),
      'close-early': () => group.close({ drainTimeout }),
    }
    this.lastAt = this.#world.clock.now()
    this.#onOperation(`operator ${kind} ${id}`)
    void this.#ask(kind, operations[kind])
  }

  async #ask(kind: string, operation: () => unknown): Promise<void> {
    this.pending += 1
    try {
      await operation()
    } catch (error) {
      if (!FailoverError.isInstance(error)) this.#world.violate(27, `operator's ${kind} failed with ${error}`)
    } finally {
      this.pending -= 1
    }
  }

  #schedule(): void {
    this.#timer = this.#world.clock.setTimer(() => {
      // Several at one moment: they must not step on each other.
      for (let count = this.#draw.pick([1, 1, 1, 2, 4]); count > 0; count -= 1) this.#performOne()
      this.#schedule()
    }, this.#draw.exponential(this.#plan.operateEveryMs))
  }

  #performOne(): void {
    const kind = this.#draw.pick(this.#plan.operations)
    // The end of everything is rare, or there would be little else.
    if (kind === 'close-early' && !this.#draw.chance(0.1)) return
    this.perform(kind)
  }
}
