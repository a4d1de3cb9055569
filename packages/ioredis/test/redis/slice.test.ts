import { startServers } from '@redis-endpoint-failover/test-infra'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { createFailoverClient } from '../../src/index.ts'

test('slice', async () => {
  const [a, b] = await startServers(['a', 'b'])
  const { client, group } = createFailoverClient({
    Redis,
    endpoints: [
      { id: 'a', weight: 2, options: { host: a.host, port: a.port } },
      { id: 'b', options: { url: b.url } },
    ],
  })
  const events: string[] = []
  for (const e of ['connecting', 'connect', 'ready', 'close', 'reconnecting', 'end']) client.on(e, () => events.push(e))
  group.on('failover', (e) => console.log('failover', e.from, e.to, e.reason, e.detectionMs))
  expect(await client.set('k', 'v')).toBe('OK')
  expect(await client.get('k')).toBe('v')
  expect(await client.getBuffer('k')).toEqual(Buffer.from('v'))
  expect(await client.pipeline().get('k').hset('h', { f: 1 }).hgetall('h').exec()).toEqual([[null, 'v'], [null, 1], [null, { f: '1' }]])
  expect(await client.multi().get('k').hgetall('h').exec()).toEqual([[null, 'v'], [null, { f: '1' }]])
  let failed = 0
  let ambiguous = 0
  let done = false
  const worker = async () => {
    while (!done) {
      try { await client.get('k') } catch (e) { failed++; console.log(e) }
    }
  }
  const writer = async () => {
    while (!done) {
      try { await client.incr('n') } catch (e) { ambiguous++; if (ambiguous < 2) console.log(e) }
    }
  }
  const all = [...Array.from({ length: 50 }, worker), ...Array.from({ length: 10 }, writer)]
  await new Promise((r) => setTimeout(r, 200))
  await a.kill()
  await new Promise((r) => setTimeout(r, 300))
  done = true
  await Promise.all(all)
  console.log({ failed, ambiguous, events, status: client.status })
  await group.close()
  console.log(events, client.status, process.getActiveResourcesInfo())
  await Promise.all([a.stop(), b.stop()])
})
