import { setTimeout as sleep } from 'node:timers/promises'
import { blockEventLoop } from '@redis-endpoint-failover/test-infra'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { startPair } from '../scenario/server-pair.ts'
import { Session } from '../scenario/session.ts'
import { startTraffic, trafficText } from '../scenario/traffic.ts'
import { defineFigure, type Figure } from './figure.ts'

const afterwardsMs = 400

const blockedLoop = (blockMs: number): Figure =>
  defineFigure({
    name: `blocked loop, ${blockMs / 1000} s`,
    injected: `our own event loop blocked for ${blockMs} ms, ${trafficText}`,
    expected: 'no verdict about the endpoints',
    measures: {
      switches: { label: 'switches', rule: 'count', bound: 0 },
      falseDowns: { label: 'endpoints called DOWN', rule: 'count', bound: 0 },
      failedCommands: { label: 'commands failed', rule: 'count', bound: 0 },
    },
    runs: { full: 20, short: 2 },
    secondsPerRun: (blockMs + afterwardsMs) / 1000 + 0.1,
    alone: ['full', 'short'],
    stallsOnPurpose: true,
    async open(client, { stalls }) {
      const servers = await startPair()
      const session = await new Session(client, servers.addresses, {}, stalls).connect()
      let falseDowns = 0
      session.group.on('health-changed', ({ to }) => {
        if (to === 'down') falseDowns++
      })
      return {
        async run({ share }) {
          falseDowns = 0
          const traffic = startTraffic(session)
          await sleep(30 + share * 100)
          const from = performance.now()
          blockEventLoop(blockMs)
          await sleep(afterwardsMs)
          const { reads, incrs } = await traffic.stop()
          return {
            window: { from, to: performance.now() },
            values: {
              switches: session.switchesSince(from).length,
              falseDowns,
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

export const blockedLoops: readonly Figure[] = [blockedLoop(300), blockedLoop(1000)]
