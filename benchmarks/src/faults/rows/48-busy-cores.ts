import { setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { keepCoresBusy } from '../busy-cores.ts'
import { defineRow, nothing, shown } from '../fault-row.ts'
import { nothingMayFollow, suspicionsSince, whatFollowed } from '../what-followed.ts'

const watchMs = 60_000
const niceness = 10
const churnEveryMs = 20

export const busyCores = defineRow({
  row: 48,
  title: 'No CPU for us',
  inject: `two busy processes for each core, our own at nice ${niceness} and making garbage all the time, for ${watchMs / 1000} s under 200 reads and 50 INCRs a second`,
  expected: 'our own lateness is no evidence against the endpoints',
  measures: { ...nothingMayFollow, suspected: shown('times suspect'), stalls: shown('stalls noticed') },
  seconds: watchMs / 1000 + 4,
  runs: 1,
  alone: true,
  stallsOnPurpose: true,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    // Of this thread: the servers were started before.
    setPriority(niceness)
    // Without the right to it, this process stays as it is for the moment that it still lives.
    run.undo(() => ignoringRefusal(() => setPriority(0)))
    keepCoresBusy(run, 2)
    const churn = setInterval(() => makeGarbage(), churnEveryMs)
    run.undo(() => clearInterval(churn))
    const traffic = run.traffic(session)
    const at = performance.now()
    await sleep(watchMs)
    const report = await traffic.stop()
    return {
      window: nothing,
      values: {
        ...whatFollowed(session, at, report),
        suspected: suspicionsSince(session, at),
        stalls: session.eventsSince('stall-ended', at).length,
      },
    }
  },
})

let garbage: unknown[] = []

/** A few megabytes of small objects, of which some survive for a while. */
function makeGarbage(): void {
  garbage = garbage.slice(-40_000)
  for (let i = 0; i < 20_000; i++) garbage.push({ i, text: `garbage ${i}` })
}

function ignoringRefusal(action: () => void): void {
  try {
    action()
  } catch {
    // Not ours to decide.
  }
}
