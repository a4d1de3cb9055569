import { atMost, type Target } from '../bench/benchmark.ts'
import type { ClientName } from '../client/benchmark-client.ts'
import { type ContenderName, ourNames } from './contender.ts'
import { contenders } from './contenders.ts'
import type { FaultName } from './failover-faults.ts'
import {
  type FailoverResult,
  type FailoverResults,
  formatTime,
  medianOf,
  recoversByItself,
  totalOf,
} from './results.ts'

interface Bound {
  readonly ours: ContenderName
  readonly fault: FaultName
  readonly beside: ContenderName
  /** Ours is to take at most this part of theirs. */
  readonly part: number
  /** Nothing is asked where the other one waits until the fault is over. */
  readonly whereItRecovers?: boolean
}

const bounds: readonly Bound[] = [
  { ours: 'default', fault: 'crash', beside: 'sentinel-5000', part: 1 / 40 },
  { ours: 'default', fault: 'crash', beside: 'haproxy', part: 1 / 40 },
  { ours: 'default', fault: 'hang', beside: 'sentinel-5000', part: 1 / 5, whereItRecovers: true },
  ...(['crash', 'hang'] as const).flatMap((fault): Bound[] => [
    { ours: 'default', fault, beside: 'sentinel-1000', part: 1 },
    { ours: 'default', fault, beside: 'haproxy-default', part: 1 },
    { ours: 'fast', fault, beside: 'haproxy-fast', part: 1 },
  ]),
]

/** What must not happen to anybody who uses ours, in any run of any fault. */
const never = {
  failedReads: 'reads failed',
  duplicates: 'writes executed twice',
  lost: 'writes acknowledged and lost',
  denied: 'writes executed after a denial',
  unsettled: 'commands never settled',
} as const

/** The project's goals, judged by this run. Those that it measured nothing for are left out: see `unjudged`. */
export const targetsOf = (clients: readonly ClientName[], results: FailoverResults): Target[] =>
  clients.flatMap((client) => [
    ...bounds.flatMap((bound) => {
      const ours = results.find(client, bound.ours, bound.fault)
      const theirs = results.find(client, bound.beside, bound.fault)
      return ours === undefined || theirs === undefined ? [] : [timeTarget(client, bound, ours, theirs)]
    }),
    ...ourNames.flatMap((name) => {
      const ofOurs = results.all.filter((one) => one.client === client && one.contender === name)
      const runs = ofOurs.reduce((sum, one) => sum + one.runs.length, 0)
      if (runs === 0) return []
      return Object.entries(never).map(([key, what]) => {
        const total = ofOurs.reduce((sum, one) => sum + totalOf(one, key as keyof typeof never), 0)
        return atMost(`${client}, ${contenders[name].label}: ${what}, in ${runs} runs`, total, 0, String)
      })
    }),
  ])

/** What could not be judged, because one side has no run: a line for each. */
export const unjudged = (clients: readonly ClientName[], results: FailoverResults): string[] =>
  clients.flatMap((client) =>
    bounds
      .filter(({ ours, beside, fault }) => [ours, beside].some((name) => !results.find(client, name, fault)))
      .map((bound) => `Not judged, for want of a run: ${titleOf(client, bound)}.`),
  )

const titleOf = (client: ClientName, { ours, fault, beside, part }: Bound): string => {
  const partText = part === 1 ? '' : `1/${Math.round(1 / part)} of `
  return `${client}, ${fault}: ${contenders[ours].label}, beside ${partText}${contenders[beside].label}`
}

function timeTarget(client: ClientName, bound: Bound, ours: FailoverResult, theirs: FailoverResult): Target {
  const what = titleOf(client, bound)
  const measured = medianOf(ours)
  if (bound.whereItRecovers === true && !recoversByItself(theirs)) {
    return {
      what,
      bound: `before the fault is over: ${contenders[bound.beside].label} does not recover by itself`,
      measured: formatTime(measured),
      met: recoversByItself(ours),
    }
  }
  return atMost(what, measured, medianOf(theirs) * bound.part, formatTime)
}
