import { describe, expect, it } from 'vitest'
import { remembering } from '../remembering.ts'
import { settledWithin } from '../settling.ts'
import type { AdapterBench } from './adapter-bench.ts'

const BURST = 1000
const ids = Array.from({ length: BURST }, (_, i) => `burst:${i}`)

export function describeBursts(bench: AdapterBench): void {
  describe(`a burst of ${BURST} commands`, () => {
    it('is answered in order', async () => {
      const { command } = await bench.open()
      const replies = await Promise.all(ids.map((id) => command('ECHO', id)))
      expect(replies).toEqual(ids)
    })

    it('settles as a whole when the server dies under it, each command at most once executed', async () => {
      const server = await bench.startServer({ args: remembering })
      const { command } = await bench.open(server)
      await server.pause()
      const all = Promise.allSettled(ids.map((id) => command('INCR', id)))
      await server.kill()
      expect((await settledWithin(all, 1500)).state).toBe('resolved')
      for (const result of await all) {
        if (result.status === 'fulfilled') continue
        expect(['ambiguous', 'unsent']).toContain(bench.classify(result.reason).attempt)
      }
      await server.restart()
      const counts = (await server.command('MGET', ...ids)) as (string | null)[]
      expect(counts.filter((count) => Number(count) > 1)).toEqual([])
    })

    it('settles as a whole when the connection is destroyed under it', async () => {
      const { connection, command } = await bench.open()
      await bench.server.pause()
      bench.atEnd(() => bench.server.resume())
      const all = Promise.allSettled(ids.map((id) => command('INCR', id)))
      connection.destroy()
      expect((await settledWithin(all, 500)).state).toBe('resolved')
    })
  })
}
