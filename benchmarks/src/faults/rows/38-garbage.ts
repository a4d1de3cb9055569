import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { detection } from '../detection.ts'
import { atMost, defineRow, never, time } from '../fault-row.ts'
import type { FaultRun } from '../fault-run.ts'
import { msUntil } from '../what-followed.ts'

const floodBytes = 32_768
const megabyte = 1_048_576

const greetings: Readonly<Record<string, Buffer>> = {
  garbage: Buffer.alloc(floodBytes, '\u0007zz'),
  banner: Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html></html>'),
  hello: Buffer.from('1603010200010001fc0303'.padEnd(1000, '0'), 'hex'),
}

/** Repeats its greeting to everybody who says something, until they hang up. Tells the most that anybody got. */
async function startTalker(run: FaultRun, greeting: Buffer) {
  let most = 0
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    let sent = 0
    let timer: NodeJS.Timeout | undefined
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(timer)
      open.delete(socket)
    })
    socket.once('data', () => {
      // Slower than the socket's own buffer: what was sent has been read.
      timer = setInterval(() => {
        if (socket.writable) {
          socket.write(greeting)
          sent += greeting.length
        }
        most = Math.max(most, sent)
      }, 5)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  run.undo(async () => {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    host: '127.0.0.1',
    port: (server.address() as { port: number }).port,
    mostBytes: () => most,
    open: () => open.size,
  }
}

export const garbage = defineRow({
  row: 38,
  title: 'Garbage instead of Redis',
  inject: 'the preferred endpoint answers with garbage without end, an HTTP banner, or a TLS hello: a client of each',
  expected: 'DOWN with a reason, sockets closed, the client serves from the other endpoint',
  measures: {
    downAfter: time('the last one DOWN after', detection.idle),
    mostBytes: atMost(megabyte, 'bytes sent to one socket before it was closed'),
    errors: atMost(0, 'error events'),
    switches: atMost(0, 'times another endpoint than the good one was active'),
  },
  seconds: 4,
  async run(run) {
    const west = await run.server('west')
    const talkers = await Promise.all(Object.values(greetings).map((greeting) => startTalker(run, greeting)))
    const from = performance.now()
    const sessions = talkers.map((talker) => run.session({ east: talker, west }))
    await Promise.all(sessions.map((session) => session.connectOnly()))
    const allDown = (): boolean => sessions.every((session) => session.endpoint('east').state === 'down')
    const downAt = await eventually(allDown, { timeout: 6000 }).then(
      () => performance.now(),
      () => never,
    )
    const answers = await Promise.all(sessions.map((session) => session.client.set('key', 'value')))
    run.expect(
      answers.every((answer) => answer === 'OK'),
      `SET was answered with ${answers.join()}.`,
    )
    const reasons = sessions.map((session) => session.endpoint('east').reason)
    run.expect(!reasons.includes(undefined), `The reasons are ${reasons.join()}.`)
    await sleep(50)
    const stillOpen = talkers.reduce((sum, talker) => sum + talker.open(), 0)
    run.expect(stillOpen === 0, `${stillOpen} sockets are still open.`)
    const changes = sessions.flatMap((session) => session.eventsSince('health-changed', from))
    const downs = changes.filter(({ to }) => to === 'down')
    return {
      window: { from, to: downAt },
      values: {
        downAfter: downs.length === sessions.length ? Math.max(...downs.map((event) => msUntil(event, from))) : never,
        mostBytes: Math.max(...talkers.map((talker) => talker.mostBytes())),
        errors: sessions.reduce((sum, session) => sum + session.eventsSince('error', from).length, 0),
        switches: sessions.filter((session) => session.group.active !== 'west').length,
      },
    }
  },
})
