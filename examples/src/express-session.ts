// Express with sessions in Redis: a visitor keeps his session while the primary is lost and its replica takes over.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { createFailoverClient, NoEndpointAvailableError, ping, role } from '@redis-endpoint-failover/node-redis'
import { RedisStore } from 'connect-redis'
import express, { type ErrorRequestHandler } from 'express'
import session from 'express-session'
import { createClient } from 'redis'
import { eastIsLost, startPrimaryAndReplica } from './infra/primary-and-replica.ts'

declare module 'express-session' {
  interface SessionData {
    visits?: number
  }
}

const { east, west } = await startPrimaryAndReplica()

const { client, group } = createFailoverClient({
  create: createClient,
  health: { check: [ping(), role()] }, // a replica stores no sessions; once promoted, it does
  failback: { mode: 'manual' },
  selectionTimeout: 2000, // no visitor waits longer than this
  retry: { isIdempotent: ([name]) => /^(SET|EXPIRE|DEL)$/.test(String(name)) }, // stored twice is stored
  endpoints: [
    { id: 'east', weight: 2, options: { url: east.url } },
    { id: 'west', weight: 1, options: { url: west.url } },
  ],
})
group.on('failover', ({ from, to, reason }) => console.log(`failover: ${from} -> ${to} (${reason})`))
await client.connect()

const app = express()
app.use(
  session({ store: new RedisStore({ client }), secret: 'of the example', resave: false, saveUninitialized: false }),
)
app.get('/', async ({ session }, response) => {
  session.visits = (session.visits ?? 0) + 1
  // Without this, express-session stores after the answer is given, and nobody hears of a failure.
  await promisify(session.save.bind(session))()
  response.json(session.visits)
})
const withoutRedis: ErrorRequestHandler = (error, _request, response, next) => {
  if (!NoEndpointAvailableError.isInstance(error) || response.headersSent) next(error)
  else response.status(503).set('Retry-After', '1').send('Please come back in a moment.')
}
app.use(withoutRedis)
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

let cookie = ''
async function visit(): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { headers: { cookie } })
  cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
  return { status: response.status, text: await response.text() }
}

const statuses: Record<number, number> = {}
let visits = ''
for (let i = 1; i <= 60; i++) {
  if (i === 20) void eastIsLost('crash', { east, west })
  const { status, text } = await visit()
  statuses[status] = (statuses[status] ?? 0) + 1
  visits = text
}
console.log(`answers by status: ${JSON.stringify(statuses)}; the session counts ${visits} visits`)

console.log('west is killed, too')
await west.kill()
const { status, text } = await visit()
console.log(`without any Redis: ${status} ${text}`)

console.log('west comes back, empty')
await west.restart()
console.log(`a new session begins: ${(await visit()).text}`)

server.close()
server.closeAllConnections()
await group.close()
