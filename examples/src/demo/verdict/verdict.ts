import type { FaultName } from '../faults/fault.ts'
import { type Bounds, toleratedMs } from './bounds.ts'
import type { Observation } from './observation.ts'
import type { Tally } from './tally.ts'

export type MeasureName =
  | 'detected'
  | 'switched'
  | 'back'
  | 'readsFailed'
  | 'writesAmbiguous'
  | 'writesFailed'
  | 'writesExecutedTwice'
  | 'failedBeforeLoss'
  | 'unsettled'

/** One figure against its bound. */
export interface Measure {
  readonly name: MeasureName
  readonly unit: 'ms' | 'count'
  /** `undefined` if what was measured never happened. */
  readonly value: number | undefined
  readonly bound: number
  readonly ok: boolean
}

/** The judgement of one fault. */
export interface Verdict {
  readonly fault: FaultName
  readonly ok: boolean
  readonly measures: readonly Measure[]
}

/** Holds what was observed against the bounds. */
export const judge = (observation: Observation, tally: Tally, bounds: Bounds): Verdict => {
  const { faultAt, detectedAt, switchableAt, switchedAt, healedAt, backAt } = observation
  const measures = [
    time('detected', faultAt, detectedAt, bounds.detectedMs),
    time('switched', switchableAt, switchedAt, bounds.switchedMs),
    time('back', healedAt, backAt, bounds.backMs),
    amount('readsFailed', tally.readsFailed, 0),
    amount('writesAmbiguous', tally.writesAmbiguous, bounds.ambiguous === 'none' ? 0 : tally.writesInFlight),
    amount('writesFailed', tally.writesFailed, 0),
    amount('writesExecutedTwice', tally.writesExecutedTwice, 0),
    amount('failedBeforeLoss', tally.failedBeforeLoss, 0),
    amount('unsettled', tally.unsettled, 0),
  ]
  return { fault: observation.fault, ok: measures.every(({ ok }) => ok), measures }
}

export const measureOf = ({ measures }: Verdict, name: MeasureName): Measure | undefined =>
  measures.find((measure) => measure.name === name)

const time = (name: MeasureName, from: number, to: number | undefined, bound: number): Measure => {
  // What was seen before it was counted from took no time: the last of several lost connections was not the one.
  const value = to === undefined ? undefined : Math.max(0, to - from)
  return { name, unit: 'ms', value, bound, ok: value !== undefined && value <= toleratedMs(bound) }
}

const amount = (name: MeasureName, value: number, bound: number): Measure => ({
  name,
  unit: 'count',
  value,
  bound,
  ok: value <= bound,
})
