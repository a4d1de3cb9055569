import type { HistoryFault, ServerContent, Write } from './history.ts'

/**
 * Checks the increments of the shared counter, which leave no ids. Each acknowledged one has a position on its server
 * that nobody else may have and that must exist there; and all servers together may have moved no further than what was
 * acknowledged or ambiguous allows.
 */
export const checkIncrements = (writes: readonly Write[], servers: readonly ServerContent[]): HistoryFault[] => {
  const faults: HistoryFault[] = []
  for (const { endpoint, increments } of servers) {
    const positions = new Map<number, string>()
    for (const { id, outcome } of writes) {
      if (outcome.state !== 'acknowledged' || outcome.endpoint !== endpoint) continue
      const { value = Number.NaN } = outcome
      const other = positions.get(value)
      if (other !== undefined)
        faults.push({
          kind: 'lost',
          id,
          text: `${id} and ${other} were both acknowledged as number ${value} of ${endpoint}`,
        })
      else if (!(value >= 1 && value <= increments))
        faults.push({
          kind: 'lost',
          id,
          text: `${id} was acknowledged as number ${value} of ${endpoint}, which counts ${increments}`,
        })
      else positions.set(value, id)
    }
  }
  const executed = servers.reduce((sum, { increments }) => sum + increments, 0)
  const states = writes.map(({ outcome }) => outcome.state)
  const claimed = states.filter((state) => state === 'acknowledged').length
  // One that never settled is reported already, and may have executed.
  const allowed = claimed + states.filter((state) => state === 'ambiguous' || state === 'open').length
  if (executed > allowed)
    faults.push({
      kind: 'repeated',
      id: 'counter',
      text: `${executed} increments executed, of ${claimed} acknowledged and ${allowed - claimed} ambiguous ones`,
    })
  return faults
}
