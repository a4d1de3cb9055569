// Two socket.io servers, one on each client: broadcasts cross them before and after a failover, and the gap is told.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as forIoredis from '@redis-endpoint-failover/ioredis'
import * as forNodeRedis from '@redis-endpoint-failover/node-redis'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'
import { startRedis } from './infra/redis.ts'

const [east, west] = await startRedis('east', 'west')
const endpoints = [
  { id: 'east', weight: 2, options: { url: east.url } },
  { id: 'west', weight: 1, options: { url: west.url } },
]
const selectionTimeout = 1000 // an older broadcast helps nobody

const ioredis = forIoredis.createFailoverClient({ Redis, selectionTimeout, endpoints })
const nodeRedis = forNodeRedis.createFailoverClient({ create: createClient, selectionTimeout, endpoints })
const nodeRedisSubscriber = nodeRedis.client.duplicate()
await Promise.all([ioredis.group.start(), nodeRedis.client.connect(), nodeRedisSubscriber.connect()])

let rejected: string[] = []

/**
 * The adapter does not look at what becomes of its PUBLISH and SUBSCRIBE, and Node ends a process for a rejection that
 * nobody handles; it would with a bare client, too. So the adapter gets a client with a handler on all that it promises.
 */
function handled<Client extends { on(event: 'error', listener: () => void): unknown }>(client: Client): Client {
  client.on('error', () => {}) // the group tells more; without a listener, the adapter complains
  const onRejected = (error: { code?: string }) => rejected.push(error.code ?? String(error))
  return new Proxy(client, {
    get(target, key) {
      const member = Reflect.get(target, key, target)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        const result = member.apply(target, args)
        if (result instanceof Promise) result.catch(onRejected)
        return result
      }
    },
  })
}

async function startServer(
  group: typeof ioredis.group | typeof nodeRedis.group,
  adapter: ReturnType<typeof createAdapter>,
) {
  const http = createServer()
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const server = new Server(http, { adapter })
  const gaps: { from: number; to: number }[] = []
  // Only who was away knows that he may have missed something: each server lets its own browsers load everything again.
  group.on('subscriptions-moved', ({ gapMs }) => {
    const now = performance.now()
    gaps.push({ from: now - gapMs, to: now })
    server.local.emit('reload')
  })

  const browser = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ['websocket'] })
  const heard = new Map<string, number>()
  const hear = (text: string) => heard.set(text, (heard.get(text) ?? 0) + 1)
  browser.on('news', hear).on('reload', () => hear('reload'))
  await new Promise<void>((resolve) => browser.on('connect', resolve))
  return { group, server, gaps, browser, heard }
}
const both = [
  await startServer(ioredis.group, createAdapter(handled(ioredis.client), handled(ioredis.client.duplicate()))),
  await startServer(nodeRedis.group, createAdapter(handled(nodeRedis.client), handled(nodeRedisSubscriber))),
]

const sent: { id: string; at: number }[] = []
const times = (id: string): number[] => both.map(({ heard }) => heard.get(id) ?? 0)

/** Each server tells everybody something new. */
function broadcast(): string[] {
  return both.map(({ server }) => {
    const id = `news ${sent.length}`
    sent.push({ id, at: performance.now() })
    server.emit('news', id)
    return id
  })
}
async function show(when: string): Promise<void> {
  const ids = broadcast()
  await until(() => !ids.flatMap(times).includes(0))
  console.log(`${when}: the browsers heard two broadcasts ${ids.flatMap(times).join(', ')} times`)
}
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000
  while (performance.now() < end && !(await isSo())) await sleep(5)
}

// The adapter does not tell when it is subscribed. It is when each server sees the browsers of both.
for (const { server } of both) await until(async () => (await server.fetchSockets()).length === 2)
await show('on east')

console.log('both servers broadcast all the time; east hangs, and is killed')
const first = sent.length
let killed: Promise<unknown> | undefined
const hangThenDie = async () => {
  await east.pause()
  await sleep(200)
  await east.kill()
}
await until(() => {
  broadcast()
  if (sent.length > first + 50) killed ??= hangThenDie()
  return both.every(({ gaps }) => gaps.length === 1)
})
await killed
await show('on west')
const missed = ({ id }: { id: string }) => both.filter(({ heard }) => !heard.has(id))
const UNDER_WAY_MS = 50 // between `emit` and what the server has to do for it
const untold = sent.filter((one) =>
  missed(one).some(({ gaps: [gap] }) => gap === undefined || one.at < gap.from - UNDER_WAY_MS || one.at > gap.to),
)
const missedBySome = sent.filter((one) => missed(one).length > 0)
console.log(`PUBLISHes that rejected: ${rejected.length}, with ${[...new Set(rejected)].join(', ')}`)
console.log(`broadcasts that a browser missed: ${missedBySome.length} of ${sent.length}`)
console.log(`missed outside the gaps that were told: ${untold.length}`)
console.log(`heard twice: ${sent.filter(({ id }) => Math.max(...times(id)) > 1).length}`)
console.log(`the browsers were told ${times('reload').join(', ')} times to load everything again`)

console.log('west is killed, too')
const allDown = both.map(({ group }) => new Promise<void>((resolve) => group.once('all-down', () => resolve())))
await west.kill()
await Promise.all(allDown)
rejected = []
const ids = broadcast()
await until(() => rejected.length === 2)
console.log(`without any Redis, a broadcast stays on its server: heard ${ids.flatMap(times).join(', ')} times`)
console.log(`what the adapters do not look at: ${rejected.join(', ')}`)

console.log('west comes back')
await west.restart()
await until(() => both.every(({ gaps }) => gaps.length === 2))
await show('on west')

rejected = []
for (const { browser, server, group } of both) {
  browser.disconnect()
  await server.close()
  await group.close()
}
console.log(`rejected on closing: ${rejected.length}`)
