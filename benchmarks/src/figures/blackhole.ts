import { setTimeout as sleep } from 'node:timers/promises'
import { startProxy } from '@redis-endpoint-failover/test-infra'
import { busiestConnection } from '../scenario/busiest-connection.ts'
import { addressOf, startPair } from '../scenario/server-pair.ts'
import { Session } from '../scenario/session.ts'
import { commandMeasures, judgeCommands, startTraffic, trafficText } from '../scenario/traffic.ts'
import { defineFigure } from './figure.ts'

const giveUpMs = 35_000
const watchMs = 200

export const blackhole = defineFigure({
  name: 'half-open connection',
  injected: `one data connection of the active endpoint blackholed, its monitor connection fine, ${trafficText}`,
  expected: 'the connection is replaced on the same endpoint',
  measures: {
    replacedAfter: { label: 'replaced after', rule: 'time', bound: 5000 },
    switches: { label: 'switches', rule: 'count', bound: 0 },
    ...commandMeasures,
  },
  runs: { full: 8, short: 1 },
  secondsPerRun: 6,
  alone: [],
  async open(client, { stalls }) {
    const servers = await startPair()
    const proxy = await startProxy({ target: servers.east })
    const addresses = [addressOf('east', proxy), ...servers.addresses.slice(1)]
    return {
      async run() {
        await using session = await new Session(client, addresses, {}, stalls).connect()
        const traffic = startTraffic(session)
        const busy = await busiestConnection(proxy)
        const replaced = session.momentOf('connection-replaced', giveUpMs)
        const injectedAt = performance.now()
        busy.setFaults({ blackhole: true })
        const replacedAt = await replaced
        await sleep(watchMs)
        const report = await traffic.stop()
        return {
          window: { from: injectedAt, to: replacedAt },
          values: {
            replacedAfter: replacedAt - injectedAt,
            switches: session.switchesSince(injectedAt).length,
            ...(await judgeCommands(report, servers, replacedAt)),
          },
        }
      },
      close: async () => {
        await proxy.close()
        await servers.stop()
      },
    }
  },
})
