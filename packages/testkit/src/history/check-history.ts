import { checkIncrements } from './check-increments.ts'
import type { HistoryFault, HistoryFaultKind, ServerContent, Write } from './history.ts'

interface Traces {
  /** How often the id is in the lists of each server. */
  readonly pushes: ReadonlyMap<string, number>
  readonly counts: ReadonlyMap<string, number>
}

/**
 * Compares what an application was told with what the servers hold. An empty result means: nothing executed twice, each
 * acknowledged write is on the endpoint that acknowledged it, each write settled, and whatever executed without a reply
 * was reported as ambiguous. Whether a write of one endpoint is on another is not asked.
 */
export const checkHistory = (writes: readonly Write[], servers: readonly ServerContent[]): readonly HistoryFault[] => {
  const traces = new Map(servers.map((server) => [server.endpoint, tracesOf(server)]))
  const issued = new Set(writes.map(({ id }) => id))
  return [
    ...writes.flatMap((write) => checkWrite(write, traces)),
    ...checkIncrements(
      writes.filter(({ kind }) => kind === 'increment'),
      servers,
    ),
    ...[...traces].flatMap(([endpoint, { pushes, counts }]) =>
      [...new Set([...pushes.keys(), ...counts.keys()])]
        .filter((id) => !issued.has(id))
        .map((id) => fault('invented', id, `is on ${endpoint}, but was never issued`)),
    ),
  ]
}

const tracesOf = ({ pushed, counts }: ServerContent): Traces => {
  const pushes = new Map<string, number>()
  for (const id of pushed) pushes.set(id, (pushes.get(id) ?? 0) + 1)
  return { pushes, counts }
}

const checkWrite = ({ id, kind, outcome }: Write, traces: ReadonlyMap<string, Traces>): readonly HistoryFault[] => {
  const faults: HistoryFault[] = []
  if (outcome.state === 'open') faults.push(fault('unsettled', id, `${kind} never settled`))
  if (kind === 'increment') return faults
  const found = [...traces].map(([endpoint, { pushes, counts }]) => ({
    endpoint,
    pushed: pushes.get(id) ?? 0,
    counted: counts.get(id) ?? 0,
  }))
  const where = found.map(({ endpoint, pushed, counted }) => `${endpoint}: ${pushed} and ${counted} times`).join(', ')
  const total = (of: 'pushed' | 'counted'): number => found.reduce((sum, each) => sum + each[of], 0)
  const executions = Math.max(total('pushed'), total('counted'))
  if (executions > 1) faults.push(fault('repeated', id, `${kind} executed more than once (${where})`))
  if (outcome.state === 'refused' && executions > 0)
    faults.push(fault('denied', id, `${kind} executed (${where}), but was rejected with: ${outcome.error}`))
  if (kind === 'transaction' && found.some(({ pushed, counted }) => pushed !== counted))
    faults.push(fault('torn', id, `only a part of the transaction executed (${where})`))
  if (outcome.state === 'acknowledged' && !found.some((each) => each.endpoint === outcome.endpoint && each.pushed > 0))
    faults.push(fault('lost', id, `${kind} was acknowledged by ${outcome.endpoint}, but is not there (${where})`))
  return faults
}

const fault = (kind: HistoryFaultKind, id: string, text: string): HistoryFault => ({ kind, id, text: `${id}: ${text}` })
