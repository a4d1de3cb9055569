import { CommandTimeoutError } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { quiet, settledWithin } from '../settling.ts'
import { type ClientBench, SLACK_MS } from './client-bench.ts'

const TIMEOUT_MS = 60

export function describeDeadlines(bench: ClientBench): void {
  describe('with commandTimeout', () => {
    it('every command settles in its time while the server hangs, and says whether it may have run', async () => {
      const { east, events, get, incr, group } = await bench.stage({
        // What a command times out at is not to be the failover's doing.
        groupOptions: { preset: 'default', commandTimeout: TIMEOUT_MS },
      })
      await east.pause()
      const sentAt = performance.now()
      const sent = [...Array.from({ length: 50 }, () => get('key')), ...Array.from({ length: 50 }, () => incr('n'))]
      const all = await settledWithin(Promise.allSettled(sent.map(quiet)), TIMEOUT_MS + SLACK_MS)
      expect(all.state).toBe('resolved')
      bench.measurements.add('commandTimeout on a hung server', performance.now() - sentAt, TIMEOUT_MS)
      for (const [index, promise] of sent.entries()) {
        await expect(promise).rejects.toSatisfy(CommandTimeoutError.isInstance)
        await expect(promise).rejects.toMatchObject({ endpointId: 'east', maybeExecuted: index >= 50 })
      }
      await east.resume()
      expect(await get('key')).toBeNull()
      expect([group.active, events.switches]).toEqual(['east', []])
      // A hung server executes what it was sent.
      expect(Number(await east.command('GET', 'n'))).toBe(50)
    })

    it('a command that waits for an endpoint is not sent after its time', async () => {
      const { east, west, set, get, events } = await bench.stage({ groupOptions: { commandTimeout: 300 } })
      await Promise.all([east.kill(), west.kill()])
      // Until then it would be sent: the processes are gone before the client has read the end of its connections.
      await eventually(() => events.named('all-down').length > 0)
      const error = await set('key', 'late').catch((reason: unknown) => reason)
      expect(error).toSatisfy(CommandTimeoutError.isInstance)
      await west.restart()
      let value: unknown = 'nothing yet'
      const until = performance.now() + 3000
      while (value === 'nothing yet' && performance.now() < until) value = await get('key').catch(() => 'nothing yet')
      expect(value).toBeNull()
    })

    it('what is answered in time is as it was', async () => {
      const { set, get, incr } = await bench.stage({ groupOptions: { commandTimeout: 2000 } })
      const replies = await Promise.all([set('text', 'x'), get('text'), incr('n')])
      expect(replies).toEqual(['OK', 'x', 1])
      await expect(incr('text')).rejects.toThrow('not an integer')
    })
  })
}
