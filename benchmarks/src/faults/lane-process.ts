// Runs what it is told of the fault matrix, in a process of its own: see measure/lane-processes.ts.
import { loadClient } from '../client/index.ts'
import { type Lane, runLane } from '../measure/lane.ts'
import { allRows } from './all-rows.ts'
import { nameOf, rowAsFigure } from './row-as-figure.ts'

process.on('message', (lane: Lane) => void answer(lane))
// Nobody is left to report to; the servers end with this process.
process.on('disconnect', () => process.exit())

async function answer(lane: Lane): Promise<void> {
  const row = (await allRows()).find((one) => nameOf(one) === lane.figure)
  if (row === undefined) throw new Error(`There is no row "${lane.figure}".`)
  process.send?.(await runLane(lane, rowAsFigure(row), await loadClient(lane.client)))
}
