import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { startPair } from '../scenario/server-pair.ts'
import { Session } from '../scenario/session.ts'
import { startTraffic, trafficText } from '../scenario/traffic.ts'
import { defineFigure } from './figure.ts'

const hangMs = 300
const afterwardsMs = 400

export const shortHang = defineFigure({
  name: 'short hang',
  injected: `SIGSTOP for ${hangMs} ms, ${trafficText}`,
  expected: 'nothing but latency',
  measures: {
    switches: { label: 'switches', rule: 'count', bound: 0 },
    failedCommands: { label: 'commands failed', rule: 'count', bound: 0 },
  },
  runs: { full: 50, short: 5 },
  secondsPerRun: 0.9,
  alone: [],
  async open(client, { stalls }) {
    const servers = await startPair()
    const session = await new Session(client, servers.addresses, {}, stalls).connect()
    return {
      async run({ share }) {
        const traffic = startTraffic(session)
        await sleep(50 + share * 300)
        const { at: hungAt } = await servers.east.pause()
        await sleep(hangMs - (performance.now() - hungAt))
        await servers.east.resume()
        await sleep(afterwardsMs)
        const { reads, incrs } = await traffic.stop()
        return {
          window: { from: hungAt, to: performance.now() },
          values: {
            switches: session.switchesSince(hungAt).length,
            failedCommands: failed([...reads, ...incrs]).length,
          },
        }
      },
      close: async () => {
        await session.close()
        await servers.stop()
      },
    }
  },
})
