import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { atMost, defineRow, time } from '../fault-row.ts'

const { timeout } = presets.default.health
const downMs = 3000
/** While nothing is up a probe comes at least every 1000 ms, spread by 20 %. */
const recoveryMs = 1000 * 1.2 + timeout

export const allDownAtStart = defineRow({
  row: 55,
  title: 'All down at the start',
  inject: `neither server runs when the client connects; after ${downMs} ms the other one is started; 20 INCRs wait meanwhile`,
  expected: 'start() resolves then, and the commands that waited are executed',
  measures: {
    startedAfter: time('started after the server', recoveryMs),
    waitingFailed: atMost(0, 'waiting commands failed'),
    switches: atMost(0, 'switches beyond the first choice'),
  },
  seconds: 6,
  async run(run) {
    const { east, west } = await run.pair()
    await Promise.all([east.kill(), west.kill()])
    const session = run.session({ east, west })
    const from = performance.now()
    const connected = session.connectOnly().then(() => performance.now())
    // Commands may wait as long as selectionTimeout, which is longer than the rest of this.
    await sleep(1000 + run.share * 1000)
    const waiting = Promise.allSettled(Array.from({ length: 20 }, (_, i) => session.client.incr(`waiting:${i}`)))
    await sleep(downMs - (performance.now() - from))
    await west.restart()
    const restartedAt = performance.now()
    const startedAt = await connected
    const outcomes = await waiting
    const twice = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value !== 1).length
    run.expect(twice === 0, `${twice} INCRs were executed twice.`)
    return {
      window: { from: restartedAt, to: startedAt },
      values: {
        startedAfter: Math.max(0, startedAt - restartedAt),
        waitingFailed: outcomes.filter(({ status }) => status === 'rejected').length,
        switches: session.switchesSince(from).length - 1,
      },
    }
  },
})
