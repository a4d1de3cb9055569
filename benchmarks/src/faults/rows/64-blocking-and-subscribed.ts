import { setTimeout as sleep } from 'node:timers/promises'
import { AmbiguousResultError } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { deathMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'

const blockMs = 3000

export const blockingAndSubscribed = defineRow({
  row: 64,
  title: 'Blocking commands, subscriptions and MULTI across a failover',
  inject: `BLPOP waits ${blockMs / 1000} s on a healthy server; then kill -9 of it with BLPOP, a subscription and MULTI under way`,
  expected:
    'waiting for data is no hang; then BLPOP and MULTI reject as ambiguous, none is repeated; the subscription moves',
  measures: {
    suspected: atMost(0, 'times suspect or DOWN while BLPOP waits'),
    movedAfter: time('subscribed anew after', deathMs + 150),
    repeated: atMost(0, 'transactions executed on the other server'),
    untyped: atMost(0, 'calls that ended otherwise'),
  },
  seconds: blockMs / 1000 + 2,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy, west })
    const got: string[] = []
    await session.subscribe('news', (message) => got.push(message))
    const from = performance.now()
    run.expect((await session.send('BLPOP', 'none', String(blockMs / 1000))) === null, 'BLPOP found something.')
    const suspected = session
      .eventsSince('health-changed', from)
      .filter(({ to }) => to === 'suspect' || to === 'down').length
    const popped = session.send('BLPOP', 'none', '0').catch((error: unknown) => error)
    await sleep(100 + run.share * 300)
    // Written, and never answered.
    await proxy.setFaults({ blackhole: 'down' })
    const sent = session.transaction('transaction').catch((error: unknown) => error)
    await sleep(20)
    const moved = session.momentOf('subscriptions-moved', 5000)
    const { at } = await east.kill()
    await proxy.setFaults({ refuse: true })
    proxy.endConnections()
    const outcomes = await Promise.all([popped, sent])
    const movedAt = await moved
    await eventually(() => session.group.active === 'west')
    const untyped = outcomes.filter((outcome) => !(outcome instanceof AmbiguousResultError))
    for (const outcome of untyped) run.expect(false, `A call ended with ${String(outcome)}.`)
    await west.command('PUBLISH', 'news', 'from west')
    await eventually(() => got.includes('from west'), { timeout: 1000 }).catch(() => undefined)
    run.expect(got.join() === 'from west', `The subscriber got ${got.join()}.`)
    return {
      window: { from: at, to: movedAt },
      values: {
        suspected,
        movedAfter: movedAt - at,
        repeated: Number(await west.command('EXISTS', 'transaction')),
        untyped: untyped.length,
      },
    }
  },
})
