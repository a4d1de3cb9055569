import { setTimeout as sleep } from 'node:timers/promises'
import { AmbiguousResultError, presets } from '@redis-endpoint-failover/core'
import { eventually, type RedisServer } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { findExecutionFaults } from '../../load/count-executions.ts'
import { ambiguous, failed, succeeded, unsettled } from '../../load/load-report.ts'
import { quiet, rejectionOf, settledWithin } from '../settling.ts'
import { type ClientBench, SLACK_MS, type Stage } from './client-bench.ts'

const { timeout, fall, reprobe, interval } = presets.fast.health
/** The group does not see what a holder sends, so a hang is found as without traffic. */
const HANG_BOUND_MS = 1.1 * interval + fall * timeout + (fall - 1) * 1.1 * reprobe
const KILLS = 10

const execute = (stage: Stage, args: readonly string[], options?: Parameters<Stage['group']['execute']>[1]) =>
  stage.group.execute((client) => stage.native(client, args), options)

/** Names of the connections that the server sees, but for the suite's own. */
const clientsOf = async (server: RedisServer): Promise<number> => {
  const lines = String(await server.command('CLIENT', 'LIST', 'TYPE', 'normal'))
    .trim()
    .split('\n')
  return lines.filter((line) => !line.includes(`user=${server.control.username}`)).length
}

export function describeLeases(bench: ClientBench): void {
  describe('direct access', () => {
    it('lends native clients of the active endpoint, before and after it is killed', async () => {
      const stage = await bench.stage()
      const { group, east, west, native } = stage
      const lease = await group.acquire()
      expect(lease.endpointId).toBe('east')
      expect(await native(lease.client, ['SET', 'key', 'direct'])).toBe('OK')
      expect(await east.command('GET', 'key')).toBe('direct')
      lease.release()
      const held = await group.acquire()
      await east.pause()
      const inFlight = quiet(native(held.client, ['INCR', 'counter']))
      await sleep(20)
      await east.kill()
      await rejectionOf(inFlight, SLACK_MS)
      const next = await group.acquire()
      expect(next.endpointId).toBe('west')
      expect(await native(next.client, ['INCR', 'counter'])).toBe(1)
      held.release()
      expect(() => held.release()).toThrow(expect.objectContaining({ code: 'LEASE_RELEASED' }))
      next.release()
      await group.close()
      await eventually(async () => (await clientsOf(west)) === 0)
    })

    it('when the endpoint hangs: leases end when it is DOWN, those who wait get one of the next endpoint', async () => {
      const stage = await bench.stage({ groupOptions: { pool: { max: 1 } } })
      const { group, east, west, native } = stage
      await west.command('SET', 'key', 'in-west')
      await execute(stage, ['PING'])
      const { at: hungAt } = await east.pause()
      const write = quiet(execute(stage, ['INCR', 'counter']))
      const waiting = quiet(execute(stage, ['GET', 'key'], { idempotent: true }))
      const error = await rejectionOf(write, HANG_BOUND_MS + SLACK_MS)
      expect(error).toSatisfy(AmbiguousResultError.isInstance)
      expect(error).toMatchObject({ maybeExecuted: true, endpointId: 'east', cause: expect.any(Error) })
      expect(await settledWithin(waiting, SLACK_MS)).toMatchObject({ state: 'resolved', value: 'in-west' })
      expect(performance.now() - hungAt).toBeLessThan(HANG_BOUND_MS + SLACK_MS)
      const lease = await group.acquire()
      expect([lease.endpointId, await native(lease.client, ['EXISTS', 'counter'])]).toEqual(['west', 0])
      lease.release()
    })

    it('ends a function that does not come back in time, and its connection with it', async () => {
      const stage = await bench.stage()
      await stage.east.pause()
      const start = performance.now()
      const error = await rejectionOf(quiet(execute(stage, ['INCR', 'counter'], { timeout: 100 })), 100 + SLACK_MS)
      expect(performance.now() - start).toBeGreaterThan(80)
      // Whether it had a connection before the server hung is up to the handshake.
      expect(error).toSatisfy((seen: { code?: string }) =>
        ['COMMAND_TIMEOUT', 'NO_ENDPOINT_AVAILABLE'].includes(seen.code ?? ''),
      )
      expect(stage.group.snapshot().endpoints.map(({ pool }) => pool.lent)).toEqual([0, 0])
      await stage.east.resume()
    })

    it(`runs no INCR twice through ${KILLS} kills of processes and connections, and repeats what may be repeated`, async () => {
      const stage = await bench.stage()
      const { group, servers, startLoad } = stage
      const load = startLoad({
        get: (key) => execute(stage, ['GET', key], { idempotent: true }),
        incr: (key) => execute(stage, ['INCR', key]),
        readsPerSecond: 150,
        incrsPerSecond: 150,
      })
      await sleep(100)
      for (let kills = 0; kills < KILLS; kills++) {
        const active = servers.find(({ name }) => name === group.active)!
        if (kills % 5 === 2) {
          await active.kill()
          await sleep(150)
          await active.restart()
          await eventually(() => group.snapshot().endpoints.every(({ state }) => state === 'up'))
        } else {
          await active.command('CLIENT', 'KILL', 'TYPE', 'normal')
          await sleep(80)
        }
      }
      const report = await load.stop()
      expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
      expect(failed(report.reads).map(({ error }) => error)).toEqual([])
      expect(failed(report.incrs)).toEqual(ambiguous(report.incrs))
      expect(succeeded(report.incrs).length).toBeGreaterThan(20)
      expect(await findExecutionFaults(servers, report)).toEqual({ repeated: [], lost: [], denied: [] })
      expect(group.snapshot().endpoints.map(({ pool }) => pool.lent)).toEqual([0, 0])
    })
  })
}
