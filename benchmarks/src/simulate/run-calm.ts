import { type SimulationReport, simulate } from '@redis-endpoint-failover/core/testing'

export interface CalmResult {
  readonly hours: number
  readonly switches: number
  /** Changes of an endpoint's health after it was found to be up: DOWN, or merely suspect. */
  readonly healthChanges: number
  readonly callsFailed: number
  readonly callsAnswered: number
  readonly violations: SimulationReport['violations']
}

const ENDPOINTS = [
  { id: 'east', weight: 2, options: {} },
  { id: 'west', weight: 1, options: {} },
]

/** Two endpoints with the default settings and some traffic, in virtual hours in which nothing fails: nothing may happen. */
export const runCalm = async (seed: number | string, hours: number): Promise<CalmResult> => {
  const { counts, violations } = await simulate({
    seed,
    minutes: hours * 60,
    group: { endpoints: ENDPOINTS, preset: 'default' },
    faults: [],
    operations: [],
    hostilities: [],
    traffic: ['get', 'set'],
  })
  const count = (what: string): number => counts[what] ?? 0
  // What its caller aborts has not failed.
  const calls = Object.keys(counts).filter((what) => what.startsWith('call: ') && !what.includes('COMMAND_ABORTED'))
  const callsAnswered = count('call: acknowledged')
  return {
    hours,
    switches: count('event: failover') + count('event: failback'),
    // Each is found to be up once.
    healthChanges: count('event: health-changed') - ENDPOINTS.length,
    callsFailed: calls.reduce((sum, what) => sum + count(what), 0) - callsAnswered,
    callsAnswered,
    violations,
  }
}

export const isCalm = ({ switches, healthChanges, callsFailed, callsAnswered, violations }: CalmResult): boolean =>
  switches === 0 && healthChanges === 0 && callsFailed === 0 && callsAnswered > 0 && violations.length === 0

export const calmLine = ({ hours, switches, healthChanges, callsFailed, callsAnswered }: CalmResult): string =>
  `${hours} virtual hours in which nothing failed: ${switches} switches, ${healthChanges} changes of health, ` +
  `${callsFailed} of ${callsAnswered + callsFailed} calls failed.`
