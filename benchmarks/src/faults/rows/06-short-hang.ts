import { setTimeout as sleep } from 'node:timers/promises'
import { defineRow, nothing } from '../fault-row.ts'
import { nothingMayFollow, whatFollowed } from '../what-followed.ts'

const hangMs = 300

export const shortHang = defineRow({
  row: 6,
  title: 'Hang shorter than the time-out',
  inject: `SIGSTOP of the active server for ${hangMs} ms under 200 reads and 50 INCRs a second`,
  expected: 'nothing but latency: suspect at most',
  measures: {
    ...nothingMayFollow,
  },
  seconds: 1.6,
  runs: 50,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const traffic = run.traffic(session)
    await sleep(50 + run.share * 500)
    const { at } = await east.pause()
    await sleep(hangMs - (performance.now() - at))
    await east.resume()
    await sleep(400)
    const report = await traffic.stop()
    return {
      window: nothing,
      values: {
        ...whatFollowed(session, at, report),
      },
    }
  },
})
