import { createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { quiet, rejectionOf } from '../settling.ts'
import type { ClientBench } from './client-bench.ts'

const PASSWORD = 'correct-horse-battery-staple'
const KEY = 'key-of-the-user'
const VALUE = 'value-of-the-user'

/** Everything that logging a value could show. */
const everything = (value: unknown): string => {
  const json = (): string => {
    const seen = new Set<unknown>()
    return String(
      JSON.stringify(value, (_name, part: unknown) => {
        if (typeof part === 'bigint') return String(part)
        if (typeof part !== 'object' || part === null) return part
        if (seen.has(part)) return '(again)'
        seen.add(part)
        return part
      }),
    )
  }
  const stacks: string[] = []
  for (let error: unknown = value; error instanceof Error; error = error.cause) stacks.push(`${error.stack} ${error}`)
  return [inspect(value), inspect(value, { depth: Infinity, showHidden: true }), json(), ...stacks].join('\n')
}

/** Which of the words can be seen, for a message that is readable. */
const seenIn = (value: unknown, words: readonly string[]): string[] => {
  const text = everything(value)
  return words.filter((word) => text.includes(word))
}

export function describeSecretsOfClients(bench: ClientBench): void {
  describe('what is secret', () => {
    it('is in nothing that can be printed during a life with faults; no key or value of the user is in an event', async () => {
      const { client, group, servers, east, west, events, call, get, set } = await bench.stage({
        serverOptions: { password: PASSWORD },
        groupOptions: { selectionTimeout: 300, commandTimeout: 2000 },
      })
      const errors: unknown[] = []
      const failing = (promise: Promise<unknown>): Promise<unknown> =>
        promise.catch((error: unknown) => errors.push(error))
      await set(KEY, VALUE)
      const lease = await group.acquire()
      expect(seenIn([client, group, lease, lease.client], [PASSWORD])).toEqual([])
      // Errors of the server, of a lost connection with a write in flight, of a pause, and of no endpoint at all.
      await failing(call('LPUSH', KEY, VALUE))
      const blocked = failing(call('BLPOP', `${KEY}:list`, '0'))
      const pushed = Array.from({ length: 20 }, (_unused, index) => failing(call('RPUSH', `${KEY}:${index}`, VALUE)))
      await east.kill()
      await Promise.all([blocked, ...pushed])
      await eventually(() => group.active === 'west')
      await west.command('CLIENT', 'KILL', 'TYPE', 'normal')
      await failing(get(KEY))
      await west.command('CONFIG', 'SET', 'requirepass', 'another')
      await west.kill()
      await failing(set(KEY, VALUE))
      await failing(group.acquire())
      await failing(group.execute((native) => (native as { get(key: string): Promise<unknown> }).get(KEY)))
      const shown = [
        events.records,
        group.history(),
        group.snapshot(),
        servers.map(({ name }) => group.explain(name)),
        group,
        client,
        lease,
      ]
      expect(errors.length).toBeGreaterThan(2)
      expect(seenIn(shown, [PASSWORD])).toEqual([])
      for (const error of errors) expect(seenIn(error, [PASSWORD])).toEqual([])
      expect(seenIn(events.records, [KEY, VALUE])).toEqual([])
      // Of errors, ours: what the server answers to a command is its sender's, as without us.
      const ours = errors.filter((error) => (error as { code?: unknown }).code !== undefined)
      for (const error of ours) expect([String(error), seenIn(error, [KEY, VALUE])]).toEqual([String(error), []])
      await group.close()
      expect(seenIn([client, group], [PASSWORD])).toEqual([])
    })

    it('is in no error of a login that is refused, whatever the server repeats of it', async () => {
      // What a Redis before version 6 says, and a service that sends back whatever it gets.
      const answers: readonly ((received: string) => string)[] = [
        (received) => `-ERR unknown command, with args beginning with: ${oneLine(received)}\r\n`,
        (received) => `-WRONGPASS ${oneLine(received)}\r\n`,
        (received) => `-${oneLine(received)}\r\n`,
        (received) => received,
      ]
      for (const answer of answers) {
        const server = await startTalker(answer)
        bench.atEnd(() => server.close())
        const { client, group, connect, get } = bench.client({
          endpoints: [
            {
              id: 'east',
              weight: 1,
              server: { host: '127.0.0.1', port: server.port, username: 'app', password: PASSWORD },
            },
          ],
          groupOptions: {
            preset: 'fast',
            start: { timeout: 500 },
            selectionTimeout: 100,
            health: { connectTimeout: 200 },
          },
        })
        const errors = [await rejectionOf(connect()), await rejectionOf(get(KEY)), await rejectionOf(group.acquire())]
        expect(seenIn([errors, group.history(), group.explain('east'), group.snapshot()], [PASSWORD])).toEqual([])
        for (const error of errors) expect(seenIn(error, [PASSWORD])).toEqual([])
        expect(seenIn([client, group], [PASSWORD])).toEqual([])
        await group.close()
      }
    })

    it('is not given to a server whose certificate nobody vouches for', async () => {
      const stage = await bench.stage({ idle: true, serverOptions: { tls: true, password: PASSWORD } })
      const { servers } = stage
      await stage.group.close()
      const { group, connect } = bench.client({
        endpoints: servers.map(({ name, host, port }) => ({
          id: name,
          weight: 1,
          // TLS with the well-known authorities only.
          server: { host, port, password: PASSWORD, tls: { ca: undefined } },
        })),
        groupOptions: { preset: 'fast', start: { timeout: 700 } },
      })
      await quiet(connect()).catch(() => undefined)
      const reasons = group.snapshot().endpoints.map(({ state, reason }) => [state, reason])
      expect(reasons).toEqual([
        ['down', 'tls-error'],
        ['down', 'tls-error'],
      ])
      await group.close()
      for (const server of servers) {
        const log = String(await server.command('INFO', 'commandstats'))
        expect(log).not.toMatch(/cmdstat_get\b/)
      }
    })
  })
}

const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ')

/** A server that answers whatever it is told by a function of it. */
const startTalker = async (
  answer: (received: string) => string,
): Promise<{ readonly port: number; close(): Promise<void> }> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => socket.write(answer(chunk.toString('latin1'))))
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
