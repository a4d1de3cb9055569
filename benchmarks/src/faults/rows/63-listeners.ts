import { setTimeout as sleep } from 'node:timers/promises'
import { GroupClosedError } from '@redis-endpoint-failover/core'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { deathMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { switchesBeyondOne } from '../what-followed.ts'

export const listeners = defineRow({
  row: 63,
  title: 'Listeners that throw, reject, remove and close',
  inject:
    'kill -9 of the active server while a listener of every event throws, another rejects, one removes the dead endpoint in `failover`; another client is closed in `failover`',
  expected: 'each is isolated and told of; events stay in order; what close() ends is told so',
  measures: {
    switchedAfter: time('switched after', deathMs),
    failedReads: atMost(0, 'reads failed'),
    switches: atMost(0, 'switches beyond the one'),
    outOfOrder: atMost(0, 'events out of order'),
    closedOtherwise: atMost(0, 'commands after close() that ended otherwise than with GroupClosedError'),
  },
  seconds: 2,
  async run(run) {
    const { east, west } = await run.pair()
    const [session, closing] = await Promise.all([run.connect({ east, west }), run.connect({ east, west })])
    const traffic = run.traffic(session)
    const seen: number[] = []
    for (const name of ['health-changed', 'failover', 'connection-closed', 'connection-opened'] as const) {
      session.group.on(name, ({ seq }) => void seen.push(seq))
      session.group.on(name, () => {
        throw new Error('a listener that throws')
      })
      session.group.on(name, (() => Promise.reject(new Error('a listener that rejects'))) as () => void)
    }
    session.group.on('failover', () => void session.group.remove('east'))
    const closed = new Promise<void>((resolve) => {
      closing.group.on('failover', () => void closing.close().then(resolve))
    })
    await sleep(100 + run.share * 500)
    const failover = session.momentOf('failover', 3000)
    const { at } = await east.kill()
    const switchedAt = await failover
    await closed
    const late: unknown = await closing.client.get('key').catch((error: unknown) => error)
    await sleep(500)
    const { reads } = await traffic.stop()
    const told = session.eventsSince('error', at).length
    run.expect(told > 0, 'Nobody was told that listeners throw.')
    const ids = session.group.snapshot().endpoints.map(({ id }) => id)
    run.expect(ids.join() === 'west', `Its endpoints are ${ids.join()}.`)
    return {
      window: { from: at, to: switchedAt },
      values: {
        switchedAfter: switchedAt - at,
        failedReads: failed(reads).length,
        switches: switchesBeyondOne(session, at),
        outOfOrder: seen.filter((seq, index) => seq <= (seen[index - 1] ?? -1)).length,
        closedOtherwise: late instanceof GroupClosedError ? 0 : 1,
      },
    }
  },
})
