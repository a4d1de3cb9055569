import type { Lane, LaneResult } from './lane.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { type Plan, slots } from './plan.ts'
import { inPool } from './pool.ts'

export interface RunFiguresOptions {
  readonly runLane: (lane: Lane) => Promise<LaneResult>
  /** Called as soon as a figure is complete. */
  readonly onOutcome?: (outcome: Outcome) => void
}

/** Measures everything in the plan. Resolves with one outcome per figure and client. */
export async function runFigures(plan: Plan, { runLane, onOutcome }: RunFiguresOptions): Promise<Outcome[]> {
  const { mode, figures, clients, together, alone } = plan
  const open = new Set([...together, ...alone])
  const results = new Map<Lane, LaneResult>()
  const outcomes: Outcome[] = []

  const complete = ({ figure: name, client }: Lane): void => {
    const isSame = (lane: Lane): boolean => lane.figure === name && lane.client === client
    if ([...open].some(isSame)) return
    const ofFigure = [...results].flatMap(([lane, result]) => (isSame(lane) ? [result] : []))
    const outcome = outcomeOf(figures.find((figure) => figure.name === name)!, client, mode, ofFigure)
    outcomes.push(outcome)
    onOutcome?.(outcome)
  }
  const job = (lane: Lane) => async (): Promise<void> => {
    results.set(lane, await runLane(lane))
    open.delete(lane)
    complete(lane)
  }
  await inPool(slots, together.map(job))
  await inPool(1, alone.map(job))
  const place = ({ name, client }: Outcome): number =>
    figures.findIndex((figure) => figure.name === name) * clients.length + clients.indexOf(client)
  return outcomes.sort((a, b) => place(a) - place(b))
}
