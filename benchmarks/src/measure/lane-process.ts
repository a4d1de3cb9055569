// Measures what it is told, in a process of its own: see lane-processes.ts.
import { loadClient } from '../client/index.ts'
import { figuresOf } from '../figures/index.ts'
import { type Lane, runLane } from './lane.ts'

process.on('message', (lane: Lane) => void answer(lane))
// Nobody is left to report to; the servers end with this process.
process.on('disconnect', () => process.exit())

async function answer(lane: Lane): Promise<void> {
  const figure = figuresOf(lane.mode).find(({ name }) => name === lane.figure)
  if (figure === undefined) throw new Error(`There is no figure "${lane.figure}".`)
  process.send?.(await runLane(lane, figure, await loadClient(lane.client)))
}
