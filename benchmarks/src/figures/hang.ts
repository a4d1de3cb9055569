import { setTimeout as sleep } from 'node:timers/promises'
import { presets } from '@redis-endpoint-failover/core'
import { startPair } from '../scenario/server-pair.ts'
import { Session } from '../scenario/session.ts'
import { commandMeasures, judgeCommands, startTraffic, trafficText } from '../scenario/traffic.ts'
import { defineFigure, type Figure } from './figure.ts'

type PresetUnderTest = 'default' | 'fast'

const giveUpMs = 10_000
const afterwardsMs = 200

const hangWithTraffic = (preset: PresetUnderTest, bound: number, shortRuns: number): Figure =>
  defineFigure({
    name: preset === 'default' ? 'hang' : `hang, ${preset}`,
    injected: `SIGSTOP of the active endpoint, ${trafficText}, preset ${preset}`,
    expected: 'a switch within the detection bound for traffic; reads are retried, INCRs never',
    measures: {
      switchedAfter: { label: 'switched after', rule: 'time', bound },
      switches: { label: 'switches beyond the one', rule: 'count', bound: 0 },
      ...commandMeasures,
    },
    runs: { full: 20, short: shortRuns },
    secondsPerRun: 1.6 + bound / 1000,
    alone: [],
    async open(client, { stalls }) {
      const servers = await startPair()
      return {
        async run({ share }) {
          await using session = await new Session(client, servers.addresses, { preset }, stalls).connect()
          const traffic = startTraffic(session)
          await sleep(100 + share * presets[preset].health.interval)
          const failover = session.momentOf('failover', giveUpMs)
          const { at: hungAt } = await servers.east.pause()
          const switchedAt = await failover
          await sleep(afterwardsMs)
          const switches = session.switchesSince(hungAt)
          const report = await traffic.stop()
          // What the hung server had received is executed now, and is counted.
          await servers.east.resume()
          await session.close()
          return {
            window: { from: hungAt, to: switchedAt },
            values: {
              switchedAfter: switchedAt - hungAt,
              switches: Math.abs(switches.length - 1),
              ...(await judgeCommands(report, servers, switchedAt)),
            },
          }
        },
        close: () => servers.stop(),
      }
    },
  })

const hangWhileIdle = (preset: PresetUnderTest, bound: number): Figure =>
  defineFigure({
    name: preset === 'default' ? 'hang, idle' : `hang, idle, ${preset}`,
    injected: `SIGSTOP of the active endpoint, a connected client without commands, preset ${preset}`,
    expected: 'a switch within the detection bound without traffic',
    measures: {
      switchedAfter: { label: 'switched after', rule: 'time', bound },
      switches: { label: 'switches beyond the one', rule: 'count', bound: 0 },
    },
    runs: { full: 20, short: 1 },
    secondsPerRun: 0.8 + bound / 1000,
    alone: [],
    async open(client, { stalls }) {
      const servers = await startPair()
      return {
        async run({ share }) {
          await using session = await new Session(client, servers.addresses, { preset }, stalls).connect()
          await sleep(share * presets[preset].health.interval)
          const failover = session.momentOf('failover', giveUpMs)
          const { at: hungAt } = await servers.east.pause()
          const switchedAt = await failover
          await sleep(afterwardsMs)
          const switches = session.switchesSince(hungAt)
          await servers.east.resume()
          return {
            window: { from: hungAt, to: switchedAt },
            values: { switchedAfter: switchedAt - hungAt, switches: Math.abs(switches.length - 1) },
          }
        },
        close: () => servers.stop(),
      }
    },
  })

/** The bounds are those of the formulas for the two presets. */
export const hangs: readonly Figure[] = [
  hangWithTraffic('default', 1470, 2),
  hangWithTraffic('fast', 380, 2),
  hangWhileIdle('default', 3040),
  hangWhileIdle('fast', 1160),
]
