import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { atMost, defineRow, shown, time } from '../fault-row.ts'

const { interval, timeout } = presets.default.health
const everyMs = 50

export const halfOpenSubscriber = defineRow({
  row: 73,
  title: 'A subscriber connection half-open',
  inject: `both directions of the connection with the subscriptions swallowed; a message every ${everyMs} ms`,
  expected: 'found by its PING, subscribed anew on the same endpoint, the gap told; no message twice',
  measures: {
    movedAfter: time('subscribed anew after', 2 * interval + timeout),
    untold: atMost(0, 'messages missing outside the gap that was told'),
    twice: atMost(0, 'messages delivered twice'),
    switches: atMost(0, 'switches'),
    gapMs: shown('gap told'),
  },
  seconds: 4,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy, west })
    const got: string[] = []
    await session.subscribe('news', (message) => got.push(message))
    const listed = String(await east.command('CLIENT', 'LIST', 'TYPE', 'pubsub'))
    const subscriber = proxy.connections.find(({ upstreamPort }) => listed.includes(`addr=127.0.0.1:${upstreamPort} `))
    if (subscriber === undefined) throw new Error('The subscriptions have no connection of their own.')
    await using publisher = await east.connect()
    const published: { id: string; at: number }[] = []
    let publishing = true
    const work = (async () => {
      while (publishing) {
        const id = String(published.length)
        published.push({ id, at: performance.now() })
        await publisher.command('PUBLISH', 'news', id)
        await sleep(everyMs)
      }
    })()
    await sleep(200 + run.share * 1000)
    const moved = session.momentOf('subscriptions-moved', 8000)
    const at = performance.now()
    subscriber.setFaults({ blackhole: true })
    const movedAt = await moved
    await sleep(400)
    publishing = false
    await work
    await sleep(100)
    const gapMs = session.eventsSince('subscriptions-moved', at)[0]?.gapMs ?? 0
    const missing = published.filter(({ id }) => !got.includes(id))
    // What was published at the very moment of either end may be on either side of it.
    const outside = missing.filter(
      (message) => message.at < movedAt - gapMs - everyMs || message.at > movedAt + everyMs,
    )
    run.expect(got.includes(published.at(-1)?.id ?? ''), 'The last message was not delivered.')
    return {
      window: { from: at, to: movedAt },
      values: {
        movedAfter: movedAt - at,
        untold: outside.length,
        twice: got.length - new Set(got).size,
        switches: session.switchesSince(at).length,
        gapMs,
      },
    }
  },
})
