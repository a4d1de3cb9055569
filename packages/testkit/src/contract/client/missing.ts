import { modules, ping } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { rejectionOf } from '../settling.ts'
import type { ClientBench } from './client-bench.ts'

/** As a server without the module that brings the command. */
const WITHOUT_GETDEL = { 'rename-command': 'GETDEL ""' }
const NO_SUCH_SCRIPT = 'f'.repeat(40)

export function describeMissing(bench: ClientBench): void {
  describe('what one endpoint has and another lacks', () => {
    it('a missing script, function or command: the error says where it is missing and what to do', async () => {
      const { group, call } = await bench.stage({ westArgs: WITHOUT_GETDEL })
      expect(await call('GETDEL', 'key')).toBeNull()
      await group.drain('east')
      for (const [[name, ...args], prefix, advice] of [
        [['EVALSHA', NO_SUCH_SCRIPT, '0'], 'NOSCRIPT ', 'SCRIPT LOAD'],
        [['FCALL', 'no_such_function', '0'], 'ERR Function not found', 'FUNCTION LOAD'],
        [['GETDEL', 'key'], 'ERR unknown command', 'a module is missing there'],
      ] as const) {
        const error = await rejectionOf(call(name, ...args))
        expect(error).toMatchObject({ endpointId: 'west' })
        const { message, stack } = error as Error
        expect(message.startsWith(prefix)).toBe(true)
        expect(message).toContain('endpoint "west"')
        expect(message).toContain(advice)
        // node-redis 5 takes the stack from its error replies.
        expect(stack ?? message).toContain(advice)
      }
    })

    it('with the check modules(), the endpoint that lacks one never becomes a target', async () => {
      const { group, east, call } = await bench.stage({
        westArgs: WITHOUT_GETDEL,
        groupOptions: { health: { check: [ping(), modules(['GETDEL'])] } },
      })
      await eventually(() => group.explain('west').includes('neither command nor module "GETDEL"'))
      await east.kill()
      await eventually(() => group.snapshot().endpoints.find(({ id }) => id === 'east')?.state === 'down')
      const waiting = call('GETDEL', 'key')
      await east.restart()
      expect(await waiting).toBeNull()
      expect(group.active).toBe('east')
    })
  })
}
