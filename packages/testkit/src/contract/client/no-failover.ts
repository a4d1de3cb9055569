import { setTimeout as sleep } from 'node:timers/promises'
import {
  eventually,
  type FaultProxy,
  type ProxiedConnection,
  type RedisServer,
} from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { findExecutionFaults } from '../../load/count-executions.ts'
import { ambiguous, failed, longestGapMs, unsettled } from '../../load/load-report.ts'
import { type ClientBench, SLACK_MS } from './client-bench.ts'

const HEAL_BOUND_MS = 250
/** Shorter than the default of five seconds, and the same for clients that do not show their bytes. */
const SILENCE_TIMEOUT_MS = 1000

export function describeNoFailover(bench: ClientBench): void {
  describe('the active endpoint stays', () => {
    it('when all connections to it are killed: reads go on, and new connections are there at once', async () => {
      const { group, east, servers, events, startLoad } = await bench.stage()
      const load = startLoad()
      await sleep(300)
      const before = await countClients(east)
      await east.command('CLIENT', 'KILL', 'TYPE', 'normal')
      const killedAt = performance.now()
      await eventually(async () => (await countClients(east)) >= before, { timeout: HEAL_BOUND_MS + SLACK_MS })
      bench.measurements.add('all connections killed: all back', performance.now() - killedAt, HEAL_BOUND_MS)
      await sleep(500)
      const report = await load.stop()
      expect([group.active, events.switches]).toEqual(['east', []])
      expect(failed(report.reads).map(({ error }) => error)).toEqual([])
      expect(failed(report.incrs)).toEqual(ambiguous(report.incrs))
      expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
      bench.measurements.add('all connections killed: longest gap', longestGapMs(report.reads), HEAL_BOUND_MS)
      expect(longestGapMs(report.reads)).toBeLessThan(HEAL_BOUND_MS + SLACK_MS)
      expect(await findExecutionFaults(servers, report)).toEqual({ repeated: [], lost: [], denied: [] })
    })

    it('when one connection of the application goes silent: it is replaced, and its commands settle', async () => {
      const { group, proxy, events, startLoad } = await bench.stage({
        proxied: true,
        groupOptions: { connectionSilenceTimeout: SILENCE_TIMEOUT_MS },
      })
      const load = startLoad()
      const busiest = await busiestConnection(proxy)
      const silentAt = performance.now()
      busiest.setFaults({ blackhole: true })
      await eventually(() => events.named('connection-replaced').length > 0, {
        timeout: SILENCE_TIMEOUT_MS + SLACK_MS,
      })
      await sleep(200)
      const report = await load.stop({ settleTimeout: 1000 })
      bench.measurements.add(
        'one connection silent: replaced',
        events.firstAt('connection-replaced') - silentAt,
        SILENCE_TIMEOUT_MS,
      )
      expect([group.active, events.switches]).toEqual(['east', []])
      expect(events.named('connection-replaced')).toHaveLength(1)
      expect(failed(report.reads).map(({ error }) => error)).toEqual([])
      expect(failed(report.incrs)).toEqual(ambiguous(report.incrs))
      expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
    })

    it('when the other endpoint dies', async () => {
      const { group, west, events, startLoad } = await bench.stage()
      const load = startLoad()
      await sleep(100)
      await west.kill()
      await eventually(() => group.snapshot().endpoints.find(({ id }) => id === 'west')?.state === 'down')
      const report = await load.stop()
      expect([group.active, events.switches]).toEqual(['east', []])
      expect(failed([...report.reads, ...report.incrs])).toEqual([])
    })
  })
}

async function countClients(server: RedisServer): Promise<number> {
  const clients = String(await server.command('CLIENT', 'LIST', 'TYPE', 'normal')).trim()
  return clients.split('\n').filter((line) => !line.includes(`user=${server.control.username}`)).length
}

/** The connection that carries the load: the one on which most was said within a short time. */
async function busiestConnection(proxy: FaultProxy): Promise<ProxiedConnection> {
  const before = new Map(proxy.connections.map((connection) => [connection, connection.bytesUp]))
  await sleep(200)
  const growth = [...before].map(([connection, bytes]) => ({ connection, bytes: connection.bytesUp - bytes }))
  const busiest = growth.sort((a, b) => b.bytes - a.bytes)[0]
  if (busiest === undefined) throw new Error('There is no connection through the proxy.')
  return busiest.connection
}
