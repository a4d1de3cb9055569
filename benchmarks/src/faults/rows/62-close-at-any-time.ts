import { setTimeout as sleep } from 'node:timers/promises'
import { FailoverError } from '@redis-endpoint-failover/core'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import type { Session } from '../../scenario/session.ts'
import { atMost, defineRow, never, time } from '../fault-row.ts'

const drainMs = 300
const commandsEach = 20
/** Beyond what close() waits for commands in flight. */
const endMs = 100

type Phase = (session: Session, servers: { east: RedisServer; west: RedisServer }) => Promise<Promise<unknown>[]>

/** It may reject before anybody waits for it. */
const quiet = (call: Promise<unknown>): Promise<unknown> => {
  call.catch(() => undefined)
  return call
}

const commands = ({ client }: Session): Promise<unknown>[] =>
  Array.from({ length: commandsEach }, (_, i) => quiet(i % 2 === 0 ? client.get('key') : client.incr(`closing:${i}`)))

const phases: Readonly<Record<string, Phase>> = {
  connecting: async (session, { east, west }) => {
    await Promise.all([east.pause(), west.pause()])
    const connecting = quiet(session.connectOnly())
    await sleep(100)
    return [connecting, ...commands(session)]
  },
  'while a server hangs': async (session, { east }) => {
    await session.connect()
    await east.pause()
    return commands(session)
  },
  'in a failover': async (session, { east }) => {
    await session.connect()
    await east.pause()
    const sent = commands(session)
    await east.kill()
    return sent
  },
  'while commands wait': async (session, { east, west }) => {
    await session.connect()
    await Promise.all([east.kill(), west.kill()])
    await sleep(100)
    return commands(session)
  },
}

/**
 * An error of ours; or that of ioredis itself, for what was in flight: BullMQ tells by its very text that it was closed on
 * purpose. It carries what ours do.
 */
const isTyped = (reason: unknown): boolean => {
  if (reason instanceof FailoverError) return true
  const { message, maybeExecuted } = reason as { message?: string; maybeExecuted?: boolean }
  return message === 'Connection is closed.' && maybeExecuted === true
}

export const closeAtAnyTime = defineRow({
  row: 62,
  title: 'close() at any time',
  inject: `close() while connecting to servers that hang, while the active one hangs, in a failover, and while commands wait (drainTimeout ${drainMs} ms)`,
  expected: 'every command and connect() settles with an error of ours, or with its reply; nothing is left',
  measures: {
    closedAfter: time('closed after', drainMs + endMs),
    settledAfter: time('all settled after', drainMs + endMs),
    untyped: atMost(0, 'commands that ended with an error of another kind'),
  },
  seconds: 4,
  async run(run) {
    let closedAfter = 0
    let settledAfter = 0
    let untyped = 0
    const from = performance.now()
    for (const [when, phase] of Object.entries(phases)) {
      const servers = await run.pair()
      const session = run.session(servers, { drainTimeout: drainMs })
      const open = await phase(session, servers)
      const all = Promise.allSettled(open)
      const at = performance.now()
      const settled = all.then(() => performance.now() - at)
      await session.close()
      closedAfter = Math.max(closedAfter, performance.now() - at)
      settledAfter = Math.max(settledAfter, await Promise.race([settled, sleep(3000, never, { ref: false })]))
      if (settledAfter === never) continue
      for (const outcome of await all) {
        if (outcome.status === 'fulfilled' || isTyped(outcome.reason)) continue
        untyped++
        run.expect(false, `Closed ${when}, a call ended with ${String(outcome.reason)}.`)
      }
    }
    return { window: { from, to: performance.now() }, values: { closedAfter, settledAfter, untyped } }
  },
})
