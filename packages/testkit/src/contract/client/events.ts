import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { failed } from '../../load/load-report.ts'
import { printed } from '../adapter/secrets.ts'
import { remembering } from '../remembering.ts'
import type { ClientBench } from './client-bench.ts'

const SECRET = 'correct-horse-battery-staple'

export function describeEvents(bench: ClientBench): void {
  describe('events', () => {
    it('come in order, and agree with the snapshot that a listener sees', async () => {
      const { group, east, events, startLoad } = await bench.stage()
      const load = startLoad()
      await sleep(100)
      await east.kill()
      await eventually(() => group.active === 'west')
      await load.stop()
      const sequence = events.records.map(({ event }) => event.seq)
      expect(sequence).toEqual([...new Set(sequence)].sort((a, b) => a - b))
      const isDown = events.records.findIndex(
        ({ event }) => event.type === 'health-changed' && event.endpointId === 'east' && event.to === 'down',
      )
      const isLeft = events.records.findIndex(({ event }) => event.type === 'failover')
      expect(isDown).toBeGreaterThanOrEqual(0)
      expect(isLeft).toBeGreaterThan(isDown)
      for (const { event, snapshot } of events.records) {
        if (event.type === 'failover') expect(snapshot).toMatchObject({ active: event.to, epoch: event.epoch })
        if (event.type === 'health-changed')
          expect(snapshot.endpoints.find(({ id }) => id === event.endpointId)?.state).toBe(event.to)
      }
    })

    it('hold nothing secret, nor do snapshots and errors', async () => {
      const { group, east, west, events, startLoad } = await bench.stage({
        serverOptions: { password: SECRET, args: remembering },
        groupOptions: { selectionTimeout: 200, health: { freshProbeInterval: 200 } },
      })
      const load = startLoad()
      await sleep(100)
      await east.command('CONFIG', 'SET', 'requirepass', 'another')
      await sleep(400)
      await east.command('CLIENT', 'KILL', 'TYPE', 'normal')
      await eventually(() => group.active === 'west')
      await Promise.all([east.kill(), west.kill()])
      await sleep(500)
      const report = await load.stop()
      const errors = failed([...report.reads, ...report.incrs]).map(({ error }) => error)
      expect(errors.length).toBeGreaterThan(0)
      for (const value of [...errors, ...events.records, ...group.history(), group.snapshot(), group])
        expect(printed(value)).not.toContain(SECRET)
    })
  })
}
