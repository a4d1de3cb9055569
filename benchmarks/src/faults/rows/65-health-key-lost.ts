import { setTimeout as sleep } from 'node:timers/promises'
import { setGet } from '@redis-endpoint-failover/core'
import { atMost, defineRow, nothing } from '../fault-row.ts'
import { downsSince } from '../what-followed.ts'

const everyMs = 100
const watchMs = 4500
/** Where setGet() keeps what it writes. */
const keys = 'redis-endpoint-failover:health:*'

/** In one step: the check may write its key at any time. */
const replaceByList = "redis.call('DEL', KEYS[1]) return redis.call('RPUSH', KEYS[1], 'of another type')"

export const healthKeyLost = defineRow({
  row: 65,
  title: 'Health key lost or of another type',
  inject: `every ${everyMs} ms the key of setGet() is replaced by a list, or everything is flushed, on the active server`,
  expected: 'the check replaces its key: nothing DOWN, no switch',
  measures: {
    switches: atMost(0, 'switches'),
    downs: atMost(0, 'endpoints called DOWN'),
  },
  seconds: watchMs / 1000 + 0.4,
  runs: 3,
  audit: { losesData: true },
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west }, { health: { check: setGet() } })
    await using control = await east.connect()
    const at = performance.now()
    let replaced = 0
    while (performance.now() - at < watchMs) {
      for (const key of (await control.command('KEYS', keys)) as string[]) {
        await control.command('EVAL', replaceByList, 1, key)
        replaced++
      }
      await sleep(everyMs)
      // The key is of another type when the check comes, or gone.
      if (performance.now() - at > watchMs / 2) await control.command('FLUSHALL')
    }
    run.expect(replaced > 2, `The check wrote its key ${replaced} times.`)
    run.expect(session.endpoint('east').writable, 'It does not count as writable.')
    return {
      window: nothing,
      values: { switches: session.switchesSince(at).length, downs: downsSince(session, at) },
    }
  },
})
