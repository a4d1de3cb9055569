import type { Timer } from '../../../runtime/clock.ts'
import type { VirtualClock } from '../../virtual-clock.ts'
import type { Draw } from '../plan/draw.ts'
import { type FaultKind, GROUP_FAULTS } from '../plan/features.ts'
import type { SimulationPlan } from '../plan/plan.ts'
import type { Servers } from './servers.ts'

const OF_ALL: ReadonlySet<FaultKind> = new Set<FaultKind>(GROUP_FAULTS)
const HOUR_MS = 3_600_000

/** A stretch of time in which our own event loop stood still, in monotonic milliseconds. */
export interface OwnStall {
  readonly from: number
  readonly to: number
}

/** Lets the plan's faults happen at random moments. */
export class FaultDriver {
  readonly #plan: SimulationPlan
  readonly #servers: Servers
  readonly #clock: VirtualClock
  readonly #draw: Draw
  readonly #onOwnFault: (kind: FaultKind, detail: string) => void
  #next: Timer | undefined
  #stalls: Timer | undefined
  #stalling = 0
  lastStall: OwnStall = { from: -Infinity, to: -Infinity }

  constructor(
    plan: SimulationPlan,
    servers: Servers,
    clock: VirtualClock,
    draw: Draw,
    onOwnFault: (kind: FaultKind, detail: string) => void,
  ) {
    this.#plan = plan
    this.#servers = servers
    this.#clock = clock
    this.#draw = draw
    this.#onOwnFault = onOwnFault
  }

  start(): void {
    if (this.#plan.faults.length === 0) return
    this.#next = this.#clock.scheduleOutside(() => {
      this.#happen(this.#draw.pick(this.#plan.faults))
      this.start()
    }, this.#draw.exponential(this.#plan.faultEveryMs))
  }

  /** No further faults; those that last end by themselves, or by `healAll()`. */
  stop(): void {
    this.#next?.cancel()
    this.#stalls?.cancel()
    this.#stalling = 0
  }

  #happen(kind: FaultKind): void {
    const draw = this.#draw
    if (!OF_ALL.has(kind)) this.#servers.begin(kind, [draw.pick(this.#servers.ids)], this.#lastsMs())
    else if (kind === 'stall') this.#stallSoon(draw.chance(0.1) ? draw.between(5000, 20_000) : draw.between(20, 3000))
    else if (kind === 'stalls-again-and-again') this.#stallRepeatedly(draw.integer(5, 20))
    else if (kind === 'wall-clock-jump') {
      const ms = draw.pick([-HOUR_MS, HOUR_MS, -1, 60_000])
      this.#clock.jumpWallClock(ms)
      this.#onOwnFault(kind, `${ms} ms`)
    } else this.#servers.begin(kind, this.#servers.ids, this.#lastsMs())
  }

  #lastsMs(): number {
    return this.#draw.exponential(this.#plan.faultLastsMs)
  }

  // In our own loop, as a long computation is.
  #stallSoon(ms: number): void {
    this.#stalls = this.#clock.setTimer(() => {
      const from = this.#clock.now()
      // Two without a break between them are one.
      this.lastStall = { from: from - this.lastStall.to < 1 ? this.lastStall.from : from, to: from + ms }
      this.#onOwnFault('stall', `${ms.toFixed(0)} ms`)
      this.#clock.stall(ms)
      if (this.#stalling > 0) this.#stallRepeatedly(this.#stalling - 1)
    }, 0)
  }

  #stallRepeatedly(times: number): void {
    this.#stalling = times
    if (times === 0) return
    this.#stalls = this.#clock.setTimer(
      () => this.#stallSoon(this.#draw.between(100, 400)),
      this.#draw.between(200, 600),
    )
  }
}
