import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { createCertificates } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { detection } from '../detection.ts'
import { atMost, defineRow, never, time } from '../fault-row.ts'
import type { EndpointTarget } from '../fault-run.ts'
import { firstDown, msUntil } from '../what-followed.ts'

const watchMs = 5000
const { fall, connectTimeout, reprobe } = presets.default.health
/** The making of the client, and timers that never fire early. */
const startMs = 60
/** A server without TLS waits for the end of a line that a ClientHello does not have: it says nothing, as one that hangs. */
const muteMs = Math.round(fall * connectTimeout + (fall - 1) * 1.1 * reprobe) + startMs

export const tlsTroubles = defineRow({
  row: 42,
  title: 'TLS: expired, wrong authority, wrong name, plain port',
  inject: `the preferred endpoint has an expired certificate, one of another authority, one for another name, or speaks no TLS: a client of each, for ${watchMs / 1000} s`,
  expected:
    'DOWN, reason tls-error, and connect-timeout where nobody speaks TLS; commands go to the other endpoint; handshakes are backed off',
  measures: {
    downAfter: time('a bad certificate: DOWN after', detection.idle),
    plainDownAfter: time('a plain port: DOWN after', muteMs),
    handshakes: atMost(5, `handshakes with one endpoint in ${watchMs / 1000} s`),
    failedCommands: atMost(0, 'commands failed'),
    otherReasons: atMost(0, 'certificates refused for another reason'),
  },
  seconds: watchMs / 1000 + 2,
  async run(run) {
    const [west, expired, stranger, otherName, plain] = await Promise.all([
      run.server('west'),
      run.unaskedServer('expired', { tls: { expired: true } }),
      run.unaskedServer('stranger', { tls: true }),
      run.unaskedServer('other-name', { tls: { hostnames: ['somewhere.test'] } }),
      run.unaskedServer('plain'),
    ])
    const { ca } = await createCertificates()
    const troubles = [
      { server: expired, ca: expired.tls?.ca },
      { server: stranger, ca },
      { server: otherName, ca: otherName.tls?.ca },
      { server: plain, ca },
    ]
    const proxies = await Promise.all(troubles.map(({ server }) => run.proxy(server)))
    const from = performance.now()
    const sessions = troubles.map((trouble, index) => {
      const east: EndpointTarget = { host: '127.0.0.1', port: proxies[index]!.port, tls: { ca: trouble.ca ?? ca } }
      return run.session({ east, west })
    })
    await Promise.all(sessions.map((session) => session.connectOnly()))
    const loads = sessions.map((session) => run.traffic(session, { reads: 20, incrs: 5 }))
    await sleep(watchMs - (performance.now() - from))
    const handshakes = Math.max(...proxies.map(({ acceptedCount }) => acceptedCount))
    const reports = await Promise.all(loads.map((load) => load.stop()))
    const [plainReason, ...reasons] = sessions.map((session) => session.endpoint('east').reason).toReversed()
    const others = reasons.filter((reason) => reason !== 'tls-error')
    run.expect(others.length === 0, `The reasons are ${reasons.toReversed().join()}.`)
    run.expect(
      plainReason === 'connect-timeout' || plainReason === 'tls-error',
      `The plain port is DOWN because of ${plainReason}.`,
    )
    const after = sessions.map((session) => msUntil(firstDown(session, from), from))
    const plainDownAfter = after.pop() ?? never
    return {
      window: { from, to: from + muteMs },
      values: {
        downAfter: Math.max(...after),
        plainDownAfter,
        handshakes,
        failedCommands: reports.reduce((sum, { reads, incrs }) => sum + failed([...reads, ...incrs]).length, 0),
        otherReasons: others.length,
      },
    }
  },
})
