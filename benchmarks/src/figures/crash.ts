import { setTimeout as sleep } from 'node:timers/promises'
import { startPair } from '../scenario/server-pair.ts'
import { Session } from '../scenario/session.ts'
import { commandMeasures, judgeCommands, startTraffic, trafficText } from '../scenario/traffic.ts'
import { defineFigure } from './figure.ts'

const warmUpMs = 200
const afterwardsMs = 300

export const crash = defineFigure({
  name: 'crash',
  injected: `kill -9 of the active endpoint, ${trafficText}`,
  expected: 'a switch at once; reads are retried, INCRs never',
  measures: {
    switchedAfter: { label: 'switched after', rule: 'time', bound: 100 },
    switches: { label: 'switches beyond the one', rule: 'count', bound: 0 },
    ...commandMeasures,
  },
  runs: { full: 20, short: 3 },
  secondsPerRun: 1.4,
  alone: ['full'],
  async open(client, { stalls }) {
    const servers = await startPair()
    return {
      async run() {
        if (!servers.east.isRunning) await servers.east.restart()
        await using session = await new Session(client, servers.addresses, {}, stalls).connect()
        const traffic = startTraffic(session)
        await sleep(warmUpMs)
        const failover = session.momentOf('failover', 5000)
        const { at: killedAt } = await servers.east.kill()
        const switchedAt = await failover
        await sleep(afterwardsMs)
        const report = await traffic.stop()
        const switches = session.switchesSince(killedAt)
        await session.close()
        await servers.east.restart()
        return {
          window: { from: killedAt, to: switchedAt },
          values: {
            switchedAfter: switchedAt - killedAt,
            switches: Math.abs(switches.length - 1),
            ...(await judgeCommands(report, servers, switchedAt)),
          },
        }
      },
      close: () => servers.stop(),
    }
  },
})
