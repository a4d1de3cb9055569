import type { CommandArgument } from '../../../../src/adapter/client-adapter.ts'
import type { CheckPeers } from '../../../../src/health/check-peers.ts'
import type { HealthCheck } from '../../../../src/health/health-check.ts'
import { type CheckOutcome, runCheck } from '../../../../src/health/run-check.ts'
import { TimerScope } from '../../../../src/runtime/timer-scope.ts'
import { VirtualClock } from '../../../../src/testing.ts'

type Command = (args: readonly CommandArgument[], options?: { signal?: AbortSignal }) => Promise<unknown>

const nobody: CheckPeers = { active: undefined, command: () => Promise.reject(new Error('There is nobody to ask.')) }

/** Runs checks on a virtual clock, with whatever stands behind their commands. */
export const checkBench = (command: Command = async () => 'PONG', peers: CheckPeers = nobody) => {
  const clock = new VirtualClock()
  const scope = new TimerScope(clock)
  const timers = { setWindow: (ms: number, callback: () => void) => scope.setDecision(ms, callback) }
  const surroundings = (endpointId = 'east') => ({
    endpoint: { id: endpointId, zone: undefined, tags: {} },
    clock,
    peers,
    command,
  })
  /** Runs a check and moves time on until it has ended, or nothing is left that could end it. */
  const run = async (check: HealthCheck, timeoutMs = 500, endpointId = 'east'): Promise<CheckOutcome> => {
    let outcome: CheckOutcome | undefined
    void runCheck(check, surroundings(endpointId), timeoutMs, timers).then((ended) => {
      outcome = ended
    })
    await clock.runUntil(() => outcome !== undefined)
    return outcome!
  }
  return { clock, scope, timers, surroundings, run }
}

/** A promise that nothing settles. */
export const never = (): Promise<never> => new Promise(() => {})

/** The message of an outcome's error; fails on any other outcome. */
export const errorOf = (outcome: CheckOutcome): string => {
  if (!('error' in outcome)) throw new Error(`There was no error: ${JSON.stringify(outcome)}`)
  return String(outcome.error)
}
