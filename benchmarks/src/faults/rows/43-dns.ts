import dns from 'node:dns'
import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { busiestConnection } from '../../scenario/busiest-connection.ts'
import { atMost, defineRow, never, nothing, shown, time } from '../fault-row.ts'
import type { FaultRun } from '../fault-run.ts'
import { nothingMayFollow, whatFollowed } from '../what-followed.ts'

const eachMs = 4000
const { connectTimeout, reprobeCap } = presets.default.health
/** The connect that hangs, and the longest wait for the next one. */
const recoveryMs = connectTimeout + reprobeCap * 1.2
const name = 'east.redis.test'

type Answer = 'found' | 'ENOTFOUND' | 'EAI_AGAIN' | 'hang'

/** Answers for one name in this process, for the clients' own lookups; all others go to the resolver. */
function nameServer(run: FaultRun) {
  const real = dns.lookup
  const now = { answer: 'found' as Answer, asked: 0 }
  const fake = (host: string, options: dns.LookupOptions, done: (...args: unknown[]) => void): void => {
    if (host !== name) {
      real(host, options, done as never)
      return
    }
    now.asked++
    const { answer } = now
    if (answer === 'hang') return
    const error = Object.assign(new Error(`getaddrinfo ${answer} ${host}`), { code: answer, syscall: 'getaddrinfo' })
    const found = options.all ? [[{ address: '127.0.0.1', family: 4 }]] : ['127.0.0.1', 4]
    setImmediate(() => (answer === 'found' ? done(null, ...found) : done(error)))
  }
  dns.lookup = fake as typeof dns.lookup
  run.undo(() => {
    dns.lookup = real
  })
  return now
}

export const nameResolution = defineRow({
  row: 43,
  title: 'Name not found, resolver failing or hanging',
  inject: `the active server's name: not found, then "try again", then no answer at all, for ${eachMs / 1000} s each; the standby connection is lost in each; 200 reads and 50 INCRs a second`,
  expected:
    'open connections go on and the endpoint is kept; lookups are backed off; it takes new connections when the name is back',
  measures: {
    ...nothingMayFollow,
    lookups: atMost(5, 'lookups per second'),
    acceptsAfter: time('new connections accepted after the name is back', recoveryMs),
    asked: shown('lookups'),
  },
  seconds: (3 * eachMs) / 1000 + 6,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const names = nameServer(run)
    const session = await run.connect({ east: { host: name, port: proxy.port }, west })
    const traffic = run.traffic(session)
    const busiest = await busiestConnection(proxy)
    const at = performance.now()
    const asked = names.asked
    for (const answer of ['ENOTFOUND', 'EAI_AGAIN', 'hang'] as const) {
      names.answer = answer
      // The monitor is the first that was opened, and goes on answering.
      const standby = proxy.connections.filter((connection) => connection !== busiest).at(-1)
      standby?.end()
      await sleep(eachMs)
    }
    const lookups = names.asked - asked
    names.answer = 'found'
    const foundAt = performance.now()
    const acceptsAt = await eventually(() => session.endpoint('east').acceptsConnections, { timeout: 15_000 }).then(
      () => performance.now(),
      () => never,
    )
    const report = await traffic.stop()
    run.expect(lookups > 0, 'No lookup was made while the name could not be resolved.')
    return {
      window: nothing,
      values: {
        ...whatFollowed(session, at, report),
        acceptsAfter: acceptsAt - foundAt,
        lookups: lookups / ((3 * eachMs) / 1000),
        asked: lookups,
      },
    }
  },
})
