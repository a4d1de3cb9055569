import { ping, replicationEcho } from '@redis-endpoint-failover/core'
import { eventually, startProxy } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import type { ClientBench } from './client-bench.ts'
import { follow } from './follow.ts'

const ECHO = 'a write to "east" had not arrived'

export function describeReplication(bench: ClientBench): void {
  describe('with the check replicationEcho()', () => {
    it('a replica that is cut off is no target until it follows again, and stays one when its primary dies', async () => {
      const { group, east, west, connect } = await bench.stage({
        idle: true,
        groupOptions: { health: { check: [ping(), replicationEcho({ maxLag: 400 })] } },
      })
      const link = await startProxy({ target: east })
      bench.atEnd(() => link.close())
      await follow(west, { host: link.host, port: link.port, control: east.control })
      await connect()
      await eventually(() => group.active === 'east')
      await link.setFaults({ stall: true })
      await eventually(() => group.explain('west').includes(ECHO))
      expect(group.active).toBe('east')

      await link.clearFaults()
      await eventually(() => !group.explain('west').includes(ECHO), { timeout: 10_000 })

      await east.kill()
      await eventually(() => group.active === 'west')
      expect(group.explain('west')).not.toContain(ECHO)
    })
  })
}
