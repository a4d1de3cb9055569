import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { ambiguous, failed, unsettled } from '../../load/load-report.ts'
import { remembering } from '../remembering.ts'
import type { ClientBench } from './client-bench.ts'

const MOST_KILLS = 10

export function describeChangedPassword(bench: ClientBench): void {
  describe('when the password of the active endpoint is changed at run time', () => {
    it('nothing fails while open connections live; it is left when one is lost that cannot be replaced', async () => {
      const { group, east, events, startLoad } = await bench.stage({
        serverOptions: { password: 'first', args: remembering },
        // New connections are tried often, so that the change is noticed before a connection is lost.
        groupOptions: { health: { freshProbeInterval: 300 } },
      })
      const load = startLoad()
      await east.command('CONFIG', 'SET', 'requirepass', 'second')
      await sleep(800)
      expect([group.active, events.switches]).toEqual(['east', []])
      expect(events.named('connections-refused').map(({ endpointId }) => endpointId)).toContain('east')
      const soFar = load.report()
      expect(failed([...soFar.reads, ...soFar.incrs])).toEqual([])

      for (let kills = 0; kills < MOST_KILLS && group.active === 'east'; kills++) {
        await killDataConnections(east)
        await sleep(150)
      }
      expect(group.active).toBe('west')
      await sleep(200)
      const report = await load.stop()
      expect(events.switches).toHaveLength(1)
      expect(failed(report.reads).map(({ error }) => error)).toEqual([])
      expect(failed(report.incrs)).toEqual(ambiguous(report.incrs))
      expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
    })
  })
}

// The monitor's connection says PING; what says GET or INCR is the application's.
async function killDataConnections(server: RedisServer): Promise<void> {
  const clients = String(await server.command('CLIENT', 'LIST')).split('\n')
  const data = clients.filter((line) => /\bcmd=(get|incr)\b/.test(line))
  for (const line of data) await server.command('CLIENT', 'KILL', 'ID', Number(/\bid=(\d+)/.exec(line)?.[1]))
}
