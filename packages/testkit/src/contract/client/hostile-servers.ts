import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { FailoverError } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { type Arbitrary, array, constantFrom, integer, oneof, string, tuple, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fuzz } from '../../fuzz/fuzz.ts'
import { unsettled } from '../../load/load-report.ts'
import { settledWithin } from '../settling.ts'
import type { ClientBench } from './client-bench.ts'

/** Things that are no Redis, and replies that no Redis gives. */
const FORMS: readonly (string | Uint8Array)[] = [
  'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html></html>',
  'SSH-2.0-OpenSSH_9.6\r\n',
  '220 mail.example ESMTP\r\n',
  // A TLS alert, and the beginning of a hello.
  Buffer.from('15030300020228', 'hex'),
  Buffer.from('1603010200010001fc0303', 'hex'),
  '$2147483647\r\nxxx',
  '$-5\r\n',
  '$abc\r\n',
  '*1000000000\r\n',
  '*4294967296\r\n:1\r\n',
  '*1\r\n'.repeat(20_000),
  '%1\r\n'.repeat(20_000),
  '%3\r\n+server\r\n',
  '>0\r\n',
  '>2\r\n+message\r\n+x\r\n',
  '|1\r\n+a\r\n+b\r\n+OK\r\n',
  `(${'9'.repeat(2000)}\r\n`,
  `+${'x'.repeat(100_000)}`,
  '-ERR\r\n',
  '-\r\n',
  '+OK\r\n'.repeat(50),
  '\0\0\0\0',
  '',
]

const part: Arbitrary<string | Uint8Array> = oneof(
  { weight: 4, arbitrary: constantFrom(...FORMS) },
  { weight: 1, arbitrary: uint8Array({ maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: tuple(
      constantFrom('$', '*', '%', '~', '>', ':', '-', '+', '(', ',', '#', '_', '=', '!', '|'),
      string(),
    ).map(([a, b]) => `${a}${b}\r\n`),
  },
)

// A parser that fails on them must not end the process.
const UNREADABLE: readonly (readonly [string, string])[] = [
  ['an array of more elements than can be', '*4294967296\r\n:1\r\n'],
  ['arrays within arrays, deeper than any stack', '*1\r\n'.repeat(20_000)],
]

/** A client of a server that says `parts`, one after another, whatever it is asked. */
const judgeGreeting = async (bench: ClientBench, parts: readonly (string | Uint8Array)[]): Promise<void> => {
  const server = await startTalker(parts)
  const { group, connect, get } = bench.client({
    endpoints: [{ id: 'odd', weight: 1, server: { host: '127.0.0.1', port: server.port, password: 'secret-of-ours' } }],
    groupOptions: {
      preset: 'fast',
      start: { timeout: 400 },
      selectionTimeout: 50,
      health: { connectTimeout: 100, timeout: 100, interval: 100 },
    },
  })
  try {
    const started = await settledWithin(connect(), 3000)
    const answered = await settledWithin(get('key'), 3000)
    for (const settled of [started, answered]) {
      expect(settled.state, inspect(parts)).toBe('rejected')
      if (settled.state === 'rejected')
        expect(FailoverError.isInstance(settled.error), inspect(settled.error)).toBe(true)
    }
    const [endpoint] = group.snapshot().endpoints
    expect(['unknown', 'down']).toContain(endpoint?.state)
    expect(inspect(group.history(), { depth: Infinity })).not.toContain('secret-of-ours')
  } finally {
    await group.close()
    await server.close()
  }
}

export function describeHostileServers(bench: ClientBench): void {
  describe('what is no Redis at all, fuzzed', () => {
    it('is DOWN with a reason and typed errors, with nothing thrown out of the blue', async () => {
      const thrown: unknown[] = []
      const onThrown = (error: unknown): void => void thrown.push(error)
      process.on('unhandledRejection', onThrown)
      try {
        await fuzz(
          'greetings of something else',
          array(part, { minLength: 1, maxLength: 3 }),
          (parts) => judgeGreeting(bench, parts),
          { runs: 4, share: 0.02 },
        )
      } finally {
        process.off('unhandledRejection', onThrown)
      }
      expect(thrown).toEqual([])
    })

    it.each(UNREADABLE)('is DOWN where it answers with %s', (_what, bytes) => judgeGreeting(bench, [bytes]))

    it('in the middle of replies costs connections and no more: every command ends, and the endpoint serves again', async () => {
      const { group, proxy, startLoad, get, set, events } = await bench.stage({
        proxied: true,
        groupOptions: { commandTimeout: 2000, health: { connectTimeout: 300 } },
      })
      const load = startLoad()
      await set('proof', 'of life')
      await fuzz(
        'bytes between replies',
        tuple(part, integer({ min: 5, max: 60 })),
        async ([bytes, forMs]) => {
          await proxy.setFaults({ garbage: { bytes: Buffer.from(bytes as string), close: forMs % 2 === 0 } })
          await sleep(forMs)
          await proxy.clearFaults()
          // What a connection still has of them would be taken for the beginning of the next reply.
          proxy.resetConnections()
          await eventually(async () => (await settledWithin(get('proof'), 1000)).state === 'resolved', {
            timeout: 8000,
          })
        },
        { runs: 4, share: 0.02 },
      )
      const { reads, incrs } = await load.stop()
      expect(unsettled([...reads, ...incrs])).toEqual([])
      expect(events.named('error')).toEqual([])
      expect(group.snapshot().lifecycle).toBe('started')
    })
  })
}

const startTalker = async (
  parts: readonly (string | Uint8Array)[],
): Promise<{ readonly port: number; close(): Promise<void> }> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let said = 0
    socket.on('error', () => {})
    socket.on('data', () => {
      const next = parts[said++ % parts.length]!
      if (next.length === 0) socket.end()
      else socket.write(next)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
