import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { failed, succeeded } from '@redis-endpoint-failover/testkit/load'
import { startPair } from '../scenario/server-pair.ts'
import { Session } from '../scenario/session.ts'
import { startTraffic, trafficText } from '../scenario/traffic.ts'
import { defineFigure } from './figure.ts'

const afterwardsMs = 200

export const clientKill = defineFigure({
  name: 'client kill',
  injected: `CLIENT KILL TYPE normal on the active endpoint, ${trafficText}`,
  expected: 'new connections to the same endpoint',
  measures: {
    healthyAfter: { label: 'healthy again after', rule: 'time', bound: 250 },
    switches: { label: 'switches', rule: 'count', bound: 0 },
    failedReads: { label: 'reads failed', rule: 'count', bound: 0 },
  },
  runs: { full: 20, short: 3 },
  secondsPerRun: 0.5,
  alone: [],
  async open(client, { stalls }) {
    const servers = await startPair()
    const session = await new Session(client, servers.addresses, {}, stalls).connect()
    let monitorBackAt = Number.POSITIVE_INFINITY
    session.group.on('connection-opened', ({ endpointId, purpose }) => {
      if (endpointId === 'east' && purpose === 'monitor') monitorBackAt = performance.now()
    })
    return {
      async run({ share }) {
        const traffic = startTraffic(session)
        await sleep(50 + share * 100)
        monitorBackAt = Number.POSITIVE_INFINITY
        const killedAt = performance.now()
        await servers.east.command('CLIENT', 'KILL', 'TYPE', 'normal')
        // Healthy: probed on a new connection, without a strike, and a command issued after the loss was answered.
        const isHealthy = (): boolean => {
          const east = session.group.snapshot().endpoints.find(({ id }) => id === 'east')
          const read = traffic.report().reads.findLast(({ settledAt }) => settledAt !== undefined)
          return (
            Number.isFinite(monitorBackAt) &&
            east?.state === 'up' &&
            east.strikes === 0 &&
            read !== undefined &&
            read.sentAt > killedAt &&
            succeeded([read]).length === 1
          )
        }
        const healthyAt = await eventually(isHealthy, { interval: 2, timeout: 3000 }).then(
          () => performance.now(),
          () => Number.POSITIVE_INFINITY,
        )
        await sleep(afterwardsMs)
        const { reads } = await traffic.stop()
        return {
          window: { from: killedAt, to: healthyAt },
          values: {
            healthyAfter: healthyAt - killedAt,
            switches: session.switchesSince(killedAt).length,
            failedReads: failed(reads).length,
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
