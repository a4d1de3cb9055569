import { createHash } from 'node:crypto'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { ambiguous, failed, succeeded, unsettled } from '../../load/load-report.ts'
import { remembering } from '../remembering.ts'
import type { ClientBench } from './client-bench.ts'

const credentials = { username: 'app', password: 'secret of app' }

export function describeEncrypted(bench: ClientBench): void {
  describe('with TLS, and a user who may do only what the application does', () => {
    it('a failover finds a connection that is encrypted and let in as that user', async () => {
      const { group, east, west, events, startLoad } = await bench.stage({
        credentials,
        serverOptions: {
          tls: true,
          aclUsers: [
            'default off',
            `app on #${sha256(credentials.password)} ~ref:* ~warm +get +incr +ping +hello +multi`,
          ],
          args: remembering,
        },
      })
      const load = startLoad()
      await eventually(() => succeeded(load.report().incrs).length > 10)
      await east.kill()
      await eventually(() => group.active === 'west')
      // A connection that is only just being opened is nobody's yet.
      const users = async (): Promise<string> => {
        const list = String(await west.command('CLIENT', 'LIST', 'TYPE', 'normal'))
        return [...new Set(list.match(/(?<=\buser=)\S+/g))].toSorted().join()
      }
      const expected = ['app', west.control.username].toSorted().join()
      await eventually(async () => (await users()) === expected)
      const before = succeeded(load.report().incrs).length
      await eventually(() => succeeded(load.report().incrs).length > before + 10)
      const report = await load.stop()
      expect(events.switches).toHaveLength(1)
      expect(failed(report.reads)).toEqual([])
      expect(failed(report.incrs)).toEqual(ambiguous(report.incrs))
      expect(unsettled([...report.reads, ...report.incrs])).toEqual([])
    })
  })
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
