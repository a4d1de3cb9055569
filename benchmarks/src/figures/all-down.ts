import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { startPair } from '../scenario/server-pair.ts'
import { Session } from '../scenario/session.ts'
import { startTraffic } from '../scenario/traffic.ts'
import { defineFigure } from './figure.ts'

const downMs = 800
const graceMs = 1000
const failback = { grace: graceMs, minStay: 500 }
/** While commands wait, an endpoint that is DOWN is probed at most 500 ms (+20 %) after the last time. */
const recoveryMs = 1000 + 500 * 1.2
/** One detection without traffic, by the formula for the preset. */
const { interval, timeout, fall, reprobe } = presets.default.health
const detectionMs = 1.1 * interval + fall * timeout + (fall - 1) * 1.1 * reprobe

export const allDown = defineFigure({
  name: 'all down and back',
  injected:
    `kill -9 of both endpoints, commands issued meanwhile; after ${downMs} ms the other one comes back, then the preferred one ` +
    `(failback shortened: grace ${graceMs} ms, minStay ${failback.minStay} ms)`,
  expected: 'waiting commands succeed; back on the preferred endpoint within grace (+10 %) and one detection',
  measures: {
    waitingFailed: { label: 'waiting commands failed', rule: 'count', bound: 0 },
    recoveredAfter: { label: 'answering again after the first came back', rule: 'time', bound: recoveryMs },
    preferredAfter: {
      label: 'preferred active after it came back',
      rule: 'time',
      bound: Math.round(graceMs * 1.1 + detectionMs),
    },
  },
  runs: { full: 8, short: 1 },
  secondsPerRun: 5,
  alone: [],
  async open(client, { stalls }) {
    const servers = await startPair()
    const { east, west } = servers
    return {
      async run() {
        await using session = await new Session(client, servers.addresses, { failback }, stalls).connect()
        const traffic = startTraffic(session)
        await sleep(100)
        await traffic.stop()
        const from = performance.now()
        const allDownSeen = session.momentOf('all-down', 3000)
        await Promise.all([east.kill(), west.kill()])
        await allDownSeen
        const waiting = Promise.allSettled(
          Array.from({ length: 20 }, (_, i) =>
            i % 2 === 0 ? session.client.get('key') : session.client.incr(`all-down:${i}`),
          ),
        )
        await sleep(downMs)
        await west.restart()
        const firstBackAt = performance.now()
        const outcomes = await waiting
        const recoveredAt = performance.now()
        const preferred = session.momentOf('failback', 15_000, ({ to }) => to === 'east')
        await east.restart()
        const eastBackAt = performance.now()
        const preferredAt = await preferred
        return {
          window: { from, to: preferredAt },
          values: {
            waitingFailed: outcomes.filter(({ status }) => status === 'rejected').length,
            recoveredAfter: recoveredAt - firstBackAt,
            preferredAfter: session.group.active === 'east' ? preferredAt - eastBackAt : Number.POSITIVE_INFINITY,
          },
        }
      },
      close: () => servers.stop(),
    }
  },
})
