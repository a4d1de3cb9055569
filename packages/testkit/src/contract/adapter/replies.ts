import { describe, expect, it } from 'vitest'
import type { AdapterBench } from './adapter-bench.ts'

export function describeReplies(bench: AdapterBench): void {
  describe('a raw command', () => {
    it('resolves with what the server replied', async () => {
      const { command } = await bench.open()
      expect(await command('SET', 'text', 'välue')).toBe('OK')
      expect(await command('GET', 'text')).toBe('välue')
      expect(await command('GET', 'nothing')).toBeNull()
      expect(await command('INCRBY', 'number', 41)).toBe(41)
      await command('RPUSH', 'list', 'a', 'b')
      expect(await command('LRANGE', 'list', 0, -1)).toEqual(['a', 'b'])
      expect(await command('ECHO', '')).toBe('')
    })

    it('takes numbers and bytes as arguments', async () => {
      const { command } = await bench.open()
      await command('SET', Buffer.from('bytes'), new Uint8Array([0x66, 0x6f, 0x6f]))
      await command('SET', 'number', 7)
      expect(await command('MGET', 'bytes', 'number')).toEqual(['foo', '7'])
      await command('SET', 'binary', Buffer.from([0, 13, 10, 255]))
      expect(await command('STRLEN', 'binary')).toBe(4)
    })

    it('shows progress in bytes while a long reply arrives, or shows none at all', async () => {
      const { connection, command } = await bench.open()
      const before = connection.bytesRead()
      await bench.server.command('SET', 'long', 'x'.repeat(100_000))
      await command('GET', 'long')
      const after = connection.bytesRead()
      if (!bench.expectations.showsBytesRead) {
        expect([before, after]).toEqual([undefined, undefined])
        return
      }
      expect((after ?? 0) - (before ?? 0)).toBeGreaterThanOrEqual(100_000)
    })

    it('leaves the connection open when the server answers with an error', async () => {
      const { connection, command, lost } = await bench.open()
      await expect(command('NO-SUCH-COMMAND')).rejects.toThrow('unknown command')
      expect(await command('PING')).toBe('PONG')
      expect(connection.isUsable()).toBe(true)
      expect(lost).toEqual([])
    })
  })
}
