import { createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { type Arbitrary, constantFrom, integer, oneof, string, tuple, uint8Array } from 'fast-check'
import { expect, it } from 'vitest'
import { fuzz } from '../../../testkit/src/fuzz/fuzz.ts'
import { http } from '../../src/health/checks/http.ts'
import { lagAware } from '../../src/health/checks/lag-aware.ts'
import { runCheck } from '../../src/health/run-check.ts'
import { systemClock } from '../../src/runtime/system-clock.ts'
import { TimerScope } from '../../src/runtime/timer-scope.ts'

const SECRET = 'correct-horse-battery-staple'
const MEGABYTE = 2 ** 20

/** What a service sends, in this order; a number is a pause in milliseconds, `flood` never ends. */
type Script = readonly (Uint8Array | string | number | 'flood')[]

const status = oneof(integer({ min: 0, max: 999 }), constantFrom(100, 101, 204, 301, 302, 304, 307, 401, 500))
const head = tuple(status, string({ maxLength: 20 })).map(([code, text]) => `HTTP/1.1 ${code} ${text}\r\n`)
const header: Arbitrary<string> = oneof(
  constantFrom(
    'Location: http://127.0.0.1:1/elsewhere\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 99999999999\r\n',
    'Content-Length: -1\r\n',
    'Content-Encoding: gzip\r\n',
    'Connection: keep-alive\r\n',
    `Set-Cookie: ${'x'.repeat(20_000)}\r\n`,
    'no colon\r\n',
    '\0: \0\r\n',
  ),
  string({ maxLength: 40 }).map((text) => `${text}\r\n`),
)
const body: Arbitrary<Script[number]> = oneof(
  constantFrom<Script[number]>('flood', '{"status":', 'ffffffff\r\n', '0\r\n\r\n', 'null', 5),
  uint8Array({ maxLength: 200 }),
)
const answer: Arbitrary<Script> = oneof(
  {
    weight: 3,
    arbitrary: tuple(head, header, header, body, body).map(([a, b, c, d, e]) => [a, b, 3, c, '\r\n', d, 2, e]),
  },
  { weight: 1, arbitrary: uint8Array({ maxLength: 400 }).map((bytes) => [bytes]) },
)

it('whatever a health service answers, fuzzed, is a verdict, an error or too late, and is read up to a bound', async () => {
  let script: Script = []
  let requests = 0
  let written = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      written = Math.max(written, socket.bytesWritten)
      sockets.delete(socket)
    })
    socket.once('data', () => {
      requests += 1
      void play(socket, script)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const url = `http://127.0.0.1:${port}/health?token=${SECRET}`
  const secrets = { headers: { 'x-token': SECRET } }
  const checks = [
    http({ url, ...secrets }),
    http({ url, basicAuth: { username: 'app', password: SECRET }, expectBody: (text) => JSON.parse(text).ok === true }),
    lagAware({ url: `http://127.0.0.1:${port}`, database: 1, ...secrets }),
  ]
  try {
    await fuzz(
      'answers of a health service',
      tuple(answer, constantFrom(...checks)),
      async ([sent, check]) => {
        script = sent
        requests = 0
        const timers = new TimerScope(systemClock)
        const outcome = await runCheck(
          check,
          {
            endpoint: { id: 'east', zone: undefined, tags: {} },
            clock: systemClock,
            peers: { active: undefined, command: async () => 'PONG' },
            command: async () => 'PONG',
          },
          60,
          { setWindow: (ms, callback) => timers.setDecision(ms, callback) },
        )
        expect(inspect(outcome, { depth: Infinity, showHidden: true })).not.toContain(SECRET)
        // A redirect is no second request.
        expect(requests).toBeLessThanOrEqual(1)
        expect(timers.size).toBe(0)
      },
      { runs: 60, share: 0.1 },
    )
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  // What both sides' sockets hold is the most that can be on its way when we have read enough.
  expect(written).toBeLessThan(8 * MEGABYTE)
}, 60_000)

const play = async (socket: Socket, script: Script): Promise<void> => {
  for (const part of script) {
    if (socket.destroyed) return
    if (typeof part === 'number') await new Promise((resolve) => setTimeout(resolve, part))
    else if (part === 'flood') return flood(socket)
    else socket.write(part)
  }
  socket.end()
}

/** As much as is taken, for as long as it is taken. */
const flood = (socket: Socket): void => {
  const more = (): void => {
    while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x'))) {}
  }
  socket.on('drain', more)
  more()
}
