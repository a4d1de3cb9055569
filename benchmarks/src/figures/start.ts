import { setTimeout as sleep } from 'node:timers/promises'
import { startPair } from '../scenario/server-pair.ts'
import { Session } from '../scenario/session.ts'
import { defineFigure } from './figure.ts'

const observedMs = 200

export const start = defineFigure({
  name: 'start',
  injected: 'nothing: connect with both endpoints up, one GET at once',
  expected: 'the preferred endpoint from the first command on',
  measures: {
    connectedAfter: { label: 'connected after, ms', rule: 'information', bound: 0 },
    notPreferred: { label: 'starts on another endpoint', rule: 'count', bound: 0 },
    switches: { label: `switches within ${observedMs} ms`, rule: 'count', bound: 0 },
  },
  runs: { full: 50, short: 10 },
  secondsPerRun: 0.3,
  alone: [],
  async open(client, { stalls }) {
    const servers = await startPair()
    return {
      async run() {
        await using session = new Session(client, servers.addresses, {}, stalls)
        const from = performance.now()
        await session.connectOnly()
        const connectedAt = performance.now()
        const first = session.group.active
        await session.client.get('first')
        await sleep(observedMs)
        const [activated, ...switches] = session.switchesSince(from)
        const chosen = activated?.event.type === 'activated' ? activated.event.to : undefined
        return {
          window: { from, to: performance.now() },
          values: {
            connectedAfter: connectedAt - from,
            notPreferred: first === 'east' && chosen === 'east' ? 0 : 1,
            switches: switches.length,
          },
        }
      },
      close: () => servers.stop(),
    }
  },
})
