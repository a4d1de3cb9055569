import type { FailoverEvent } from '../../events/event-map.ts'
import { eventNames } from '../../events/event-names.ts'
import { formatEvent } from './format-event.ts'
import { FREQUENT } from './frequent-events.ts'
import { GroupModel } from './group-model.ts'
import type { ServerNews } from './invariants/detection.ts'
import type { Invariant } from './invariants/invariant.ts'
import type { SimulationLog } from './log.ts'
import { makeInvariants } from './make-invariants.ts'
import type { SimulationPlan } from './plan/plan.ts'
import type { SimulationReport, Violation } from './simulate.ts'
import { bringToRest, closeAndCheck, finishCalls, type StageReporter } from './stages.ts'
import { type BuiltWorld, buildWorld } from './world/build-world.ts'

/** Steps from one look at the snapshot to the next, where nothing important happens. */
const LOOK_EVERY = 500
/** Where something is wrong, more of the same tells nothing new. */
const MAX_VIOLATIONS = 20

type Look = 'onEvent' | 'afterEvent' | 'onStep' | 'onLook'

/** One simulation: lets the world run, and looks at every invariant after every step. */
export class Simulation {
  readonly model = new GroupModel()
  readonly built: BuiltWorld
  readonly #seed: number | string
  readonly #log: SimulationLog
  readonly #violations: Violation[] = []
  readonly #counts = new Map<string, number>()
  /** Each callback of the invariants apart, as most have only one or two and steps are many. */
  readonly #invariants: Readonly<Record<Look, readonly Invariant[]>>
  readonly #news: ServerNews
  #steps = 0
  #lookAt = 0

  constructor(seed: number | string, plan: SimulationPlan, log: SimulationLog) {
    this.#seed = seed
    this.#log = log
    this.built = buildWorld(seed, plan, {
      onStep: () => this.#step(),
      violate: (invariant, text) => this.violate(invariant, text),
      onFault: (kind, ids, detail = '') => {
        this.#tell('fault', `${kind} ${ids.join(' ')} ${detail}`)
        this.#count(`fault: ${kind}`)
        if (ids.length > 0) this.#news.onFault(kind, ids)
        else this.#news.onDisturbed()
      },
      onHealed: (kind, ids) => {
        this.#tell('healed', `${kind} ${ids.join(' ')}`)
        this.#news.onHealed(ids)
      },
      onOperation: (text) => {
        this.#tell('operator', text)
        this.#count(`operator: ${text.split(' ')[0]}`)
        this.#news.onDisturbed()
      },
    })
    const { invariants, news } = makeInvariants(this.built, this.model, (invariant, text) =>
      this.violate(invariant, text),
    )
    const that = (look: Look): readonly Invariant[] => invariants.filter((invariant) => invariant[look] !== undefined)
    this.#invariants = {
      onEvent: that('onEvent'),
      afterEvent: that('afterEvent'),
      onStep: that('onStep'),
      onLook: that('onLook'),
    }
    this.#news = news
    const { group, ledger } = this.built.world
    // What happened at construction was told to nobody yet.
    for (const event of group.history()) this.#onEvent(event)
    for (const name of eventNames) group.on(name, (event) => this.#onEvent(event as FailoverEvent))
    this.built.addHostileListeners()
    ledger.observers.push(...invariants, {
      onSettled: (call) =>
        log.note(this.now, `call ${call.number} ${call.kind} ${call.answer} ${call.error ?? ''} ${call.sentTo}`),
    })
  }

  get now(): number {
    return this.built.world.clock.now()
  }

  /** Faults for so many virtual milliseconds; then everything heals, comes to rest, and is closed. */
  async run(faultyMs: number): Promise<void> {
    const { world, faults, operators, workload, publisher } = this.built
    world.group.start().catch(() => {})
    workload.start()
    faults.start()
    operators.start()
    publisher?.start()
    await world.clock.advance(faultyMs)
    const reporter: StageReporter = {
      violate: (invariant, text) => this.violate(invariant, text),
      tell: (text) => this.#tell('---', text),
      look: () => this.look(),
    }
    await bringToRest(this.built, reporter)
    await finishCalls(this.built, reporter)
    await closeAndCheck(this.built, reporter)
  }

  /** Something that must never happen has happened. */
  violate(invariant: number, text: string): void {
    this.#tell('VIOLATION', `of ${invariant}: ${text}`)
    if (this.#violations.length < MAX_VIOLATIONS)
      this.#violations.push({ invariant, at: this.now, text, step: this.#steps })
  }

  /** Compares the snapshot with everything else that is known. */
  look(): void {
    this.#lookAt = this.#steps + LOOK_EVERY
    const snapshot = this.built.world.group.snapshot()
    for (const invariant of this.#invariants.onLook) invariant.onLook?.(snapshot)
  }

  report(): SimulationReport {
    for (const [outcome, count] of this.built.world.ledger.counts) this.#count(`call: ${outcome}`, count)
    this.#count('repeats', this.built.world.ledger.repeats)
    return {
      seed: this.#seed,
      violations: this.#violations,
      steps: this.#steps,
      virtualMs: this.now,
      hash: this.#log.hash,
      log: this.#log.lines,
      counts: Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    }
  }

  #step(): void {
    this.#steps += 1
    for (const invariant of this.#invariants.onStep) invariant.onStep?.()
    if (this.#steps >= this.#lookAt) this.look()
  }

  #onEvent(event: FailoverEvent): void {
    for (const invariant of this.#invariants.onEvent) invariant.onEvent?.(event)
    this.model.apply(event, this.now)
    for (const invariant of this.#invariants.afterEvent) invariant.afterEvent?.(event)
    if (FREQUENT.has(event.type)) {
      this.#log.note(this.now, formatEvent(event))
      return
    }
    this.#log.add(this.now, formatEvent(event))
    this.#count(`event: ${event.type}`)
    // At the end of this step, when all that follows has happened.
    this.#lookAt = 0
  }

  #tell(what: string, text: string): void {
    this.#log.add(this.now, `${what.padEnd(10)} ${text}`)
  }

  #count(what: string, by = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + by)
  }
}
