import type { FailoverGroupOptions } from '../../../options/group-options.ts'
import type { ScriptedOptions } from '../../scripted/scripted-connection.ts'
import { Draw } from './draw.ts'
import {
  ENDPOINT_FAULTS,
  type FaultKind,
  GROUP_FAULTS,
  HOSTILITIES,
  type HostilityKind,
  OPERATIONS,
  type OperationKind,
  TRAFFIC,
  type TrafficKind,
} from './features.ts'
import { drawGroupOptions } from './group-options.ts'

export type SimulatedGroupOptions = FailoverGroupOptions<ScriptedOptions>

/** What one simulation is made of. Everything in it follows from the seed. */
export interface SimulationPlan {
  readonly group: SimulatedGroupOptions
  /** Round trip of an endpoint that is well, in milliseconds. */
  readonly latencyMs: number
  readonly faults: readonly FaultKind[]
  /** From one fault to the next, on average, in milliseconds. */
  readonly faultEveryMs: number
  /** How long a fault lasts on average, in milliseconds. */
  readonly faultLastsMs: number
  readonly traffic: readonly TrafficKind[]
  /** From one burst of commands to the next, on average, in milliseconds. */
  readonly burstEveryMs: number
  readonly operations: readonly OperationKind[]
  readonly operateEveryMs: number
  readonly hostilities: readonly HostilityKind[]
  /** A call may bring a deadline, or be aborted. */
  readonly limitsCalls: boolean
}

/** What the caller of `simulate()` decides; the rest is drawn. */
export interface PlanWishes {
  readonly group?: Partial<SimulatedGroupOptions>
  readonly faults?: readonly FaultKind[]
  readonly traffic?: readonly TrafficKind[]
  readonly operations?: readonly OperationKind[]
  readonly hostilities?: readonly HostilityKind[]
}

/**
 * Draws a plan. Each seed enables a random part of all that could happen: what happens always together hides what each
 * alone would show.
 *
 * Source: A. Groce, C. Zhang, E. Eide, Y. Chen, J. Regehr, "Swarm Testing", ISSTA 2012.
 */
export const drawPlan = (seed: number | string, wishes: PlanWishes = {}): SimulationPlan => {
  const draw = new Draw(`plan ${seed}`)
  const hostilities = draw.chance(0.2) ? draw.some(HOSTILITIES, 0.3) : []
  const operations = draw.chance(0.4) ? draw.some(OPERATIONS, 0.4) : []
  const calm = draw.chance(0.05)
  const harmlessOnly = draw.chance(0.1)
  const faults = calm
    ? []
    : harmlessOnly
      ? draw.some(['a-little-slow', 'stall', 'wall-clock-jump'] as const, 0.6)
      : [...draw.some(ENDPOINT_FAULTS, 0.35), ...(draw.chance(0.5) ? draw.some(GROUP_FAULTS, 0.4) : [])]
  const traffic = draw.chance(0.05) ? [] : draw.some(TRAFFIC, 0.5)
  const drawn = drawGroupOptions(draw)
  return {
    group: { ...drawn, ...wishes.group },
    latencyMs: draw.pick([0.2, 0.2, 1, 5, 40]),
    faults: wishes.faults ?? faults,
    faultEveryMs: draw.pick([3000, 10_000, 30_000, 90_000]),
    faultLastsMs: draw.pick([300, 2000, 8000, 30_000]),
    traffic: wishes.traffic ?? traffic,
    burstEveryMs: draw.pick([1500, 6000, 20_000]),
    operations: wishes.operations ?? operations,
    operateEveryMs: draw.pick([5000, 20_000, 60_000]),
    hostilities: wishes.hostilities ?? hostilities,
    limitsCalls: draw.chance(0.4),
  }
}
