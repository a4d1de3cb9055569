import type { ClientName } from '../client/benchmark-client.ts'
import type { ContenderName } from './contender.ts'
import { contenders } from './contenders.ts'
import { type FaultName, failoverFaults } from './failover-faults.ts'
import type { FailoverRequest } from './run-failover.ts'

export interface FailoverPlan {
  readonly clients: readonly ClientName[]
  readonly contenders: readonly ContenderName[]
  readonly faults: readonly FaultName[]
  readonly rounds: number
  /** How long a crash or a hang lasts, in milliseconds. */
  readonly outageMs: number
}

/** Runs mostly wait, so this many share the machine. */
export const runsAtOnce = 4

/** Warming up, the phase within the period of the checks, and asking the servers at the end. */
const secondsAround = 3

/** All runs, round by round, so that a quiet or busy hour hits everybody; each round begins with another contender. */
export function planRuns({ clients, contenders: names, faults, rounds, outageMs }: FailoverPlan): FailoverRequest[] {
  const pairs = names.flatMap((contender) => clients.map((client) => ({ contender, client })))
  return Array.from({ length: rounds }).flatMap((_, round) => {
    const first = Math.floor((round * pairs.length) / rounds)
    const turned = [...pairs.slice(first), ...pairs.slice(0, first)]
    return faults.flatMap((fault) => turned.map((pair) => ({ ...pair, fault, outageMs, share: round / rounds })))
  })
}

/** How long these runs will take, in seconds. */
export function forecastSeconds(requests: readonly FailoverRequest[]): number {
  const seconds = requests.map(
    ({ contender, fault, outageMs }) =>
      contenders[contender].startSeconds + secondsAround + failoverFaults[fault].seconds(outageMs),
  )
  return seconds.reduce((sum, each) => sum + each, 0) / Math.min(runsAtOnce, requests.length)
}
