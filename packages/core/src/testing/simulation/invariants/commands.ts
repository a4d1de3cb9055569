import { describe } from '../world/describe-call.ts'
import type { CallRecord } from '../world/ledger.ts'
import type { InvariantFactory } from './invariant.ts'

/** Deadlines are whole milliseconds, never too early. */
const ROUNDING_MS = 2

/**
 * 3, 4, 5 and 29: every call ends once and in time, after no more attempts than allowed; what must not run twice does not,
 * what was acknowledged was executed where the reply came from, and what was refused never is, however late.
 */
export const commandsInvariant =
  (executionsOf: (write: string) => readonly string[]): InvariantFactory =>
  ({ now, truth, settings, report }) => {
    const checkTime = (call: CallRecord): void => {
      const lateMs = now() - call.dueAt
      if (lateMs <= ROUNDING_MS) return
      // Our own loop stood still when its time was up: nothing could have been done.
      const stall = truth.lastStall()
      if (stall.from <= call.dueAt + ROUNDING_MS && now() - stall.to <= ROUNDING_MS) return
      report(3, `${describe(call)} was settled ${lateMs} ms after its deadline`)
    }

    const checkAcknowledged = (call: CallRecord): void => {
      for (const write of call.writes) {
        const executed = executionsOf(write)
        const isThere = executed.includes(call.sentTo.at(-1) ?? '')
        // Set only if absent: a server that had it already answers without executing anything.
        if (!isThere) report(29, `${describe(call)} was acknowledged, and ${write} was executed at [${executed}]`)
      }
    }

    const settledCalls = new Set<number>()
    return {
      name: 'commands',
      onSent: (call) => {
        if (call.settledAt !== undefined) report(3, `${describe(call)} was sent again after it was settled`)
        if (call.sentTo.length > settings.attempts)
          report(4, `${describe(call)} was attempted ${call.sentTo.length} times of ${settings.attempts}`)
      },
      onExecuted: ({ call, endpointIds }) => {
        if (endpointIds.length > 1 && !call.repeatable)
          report(5, `${describe(call)} was executed ${endpointIds.length} times: at ${endpointIds.join(', ')}`)
        if (call.answer === 'refused')
          report(5, `${describe(call)} was executed at ${endpointIds.at(-1)} after its caller was told that it was not`)
      },
      onSettled: (call) => {
        if (settledCalls.has(call.number)) report(3, `${describe(call)} was settled twice`)
        settledCalls.add(call.number)
        checkTime(call)
        if (call.answer === 'acknowledged') checkAcknowledged(call)
        if (call.answer !== 'refused') return
        const executed = call.writes.flatMap((write) => executionsOf(write))
        if (executed.length > 0)
          report(5, `${describe(call)} was refused (${call.error}), and had been executed at ${executed.join(', ')}`)
      },
    }
  }

/** 4 and 17: repeats stay within the budget, but for one per call and lost connection, which the failover owes. */
export const retryBudgetInvariant =
  (losses: () => number): InvariantFactory =>
  ({ now, settings, report }) => {
    const { ratio, burst } = settings.retryBudget
    let calls = 0
    let repeats = 0
    let free = 0
    return {
      name: 'retry budget',
      onSent: () => {
        calls += 1
      },
      onSettled: (call) => {
        const mine = Math.max(0, call.sentTo.length - 1)
        repeats += mine
        calls -= mine
        if (mine > 0) free += Math.min(mine, losses() - call.lossesBefore)
        const allowed = ratio * calls + (10 * now()) / 1000 + burst + free
        if (repeats > allowed) report(4, `${repeats} repeats of ${calls} calls, and only ${allowed} are allowed`)
      },
    }
  }
