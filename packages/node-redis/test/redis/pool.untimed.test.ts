import { eventually, type RedisServer, startServers } from '@redis-endpoint-failover/test-infra'
import { createClientPool } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFailoverPool } from '../../src/index.ts'

let east: RedisServer
let west: RedisServer
const opened: { close(): Promise<void> }[] = []

beforeAll(async () => {
  ;[east, west] = (await startServers(['east', 'west'])) as [RedisServer, RedisServer]
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((group) => group.close()))
  for (const server of [east, west]) if (!server.isRunning) await server.restart()
})
afterAll(async () => {
  await Promise.all([east?.stop(), west?.stop()])
})

const open = async () => {
  const { client, group } = createFailoverPool({
    create: createClientPool,
    clientOptions: { pool: { minimum: 2, maximum: 8 } },
    endpoints: [
      { id: 'east', weight: 2, options: { url: east.url } },
      { id: 'west', weight: 1, options: { url: west.url } },
    ],
    failback: { mode: 'never' },
    // On a busy machine, connecting takes longer than the better endpoint is waited for.
    start: { policy: 'all', timeout: 15_000 },
  })
  opened.push(group)
  await client.connect()
  return { client, group }
}

const switches = (group: Awaited<ReturnType<typeof open>>['group']) =>
  group.history().filter(({ type }) => type === 'failover')

describe('a pool that fails over', () => {
  it('has the whole surface of a pool', async () => {
    const { client } = await open()
    expect(client.isOpen).toBe(true)
    // The questions of the first probe, put at once, made the pool grow.
    expect(client.totalClients).toBeGreaterThanOrEqual(2)
    expect(await client.set('a', '1')).toBe('OK')
    expect(await client.incrBy('a', 4)).toBe(5)
    expect(await client.multi().incr('a').get('a').exec()).toEqual([6, '6'])
    expect(await client.withTypeMapping({ 36: Buffer }).get('a')).toEqual(Buffer.from('6'))
    expect(await client.sendCommand(['GET', 'a'])).toBe('6')
    const lent = await client.execute(async (native) => {
      await native.watch('a')
      return native.multi().set('a', '7').exec()
    })
    expect(lent).toEqual(['OK'])
    await expect(client.sendCommand(['SELECT', '1'])).rejects.toThrow(/database/)
  })

  it('does not hold up others while a command blocks', async () => {
    const { client, group } = await open()
    await client.del('queue')
    const popped = client.blPop('queue', 5)
    expect(await client.set('b', '1')).toBe('OK')
    await client.rPush('queue', 'x')
    expect(await popped).toEqual({ key: 'queue', element: 'x' })
    expect(switches(group)).toEqual([])
  })

  it('leaves a server that dies at once, and repeats reads', async () => {
    const { client, group } = await open()
    await client.set('r', 'east')
    await west.command('SET', 'r', 'west')
    const reads = Promise.all(Array.from({ length: 50 }, () => client.get('r')))
    await east.kill()
    const since = performance.now()
    const replies = await reads
    for (const reply of replies) expect(['east', 'west']).toContain(reply)
    expect(await client.get('r')).toBe('west')
    expect(performance.now() - since).toBeLessThan(1500)
    expect(switches(group)).toHaveLength(1)
  })

  it('goes on when its connections are killed: a lost one is opened anew, and nobody moves', async () => {
    const { client, group } = await open()
    for (let round = 0; round < 3; round += 1) {
      await east.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      await eventually(async () => expect(await client.get('a')).toBeDefined(), { timeout: 3000 })
    }
    expect(switches(group)).toEqual([])
    expect(group.active).toBe('east')
  })

  it('keeps the time limit of one call, and its signal, on a hung server', async () => {
    const { client } = await open()
    await east.pause()
    const since = performance.now()
    await expect(client.withCommandOptions({ timeout: 60 }).incr('t')).rejects.toMatchObject({
      code: 'COMMAND_TIMEOUT',
      maybeExecuted: true,
    })
    await expect(client.withAbortSignal(AbortSignal.timeout(30)).get('t')).rejects.toMatchObject({
      code: 'COMMAND_ABORTED',
    })
    expect(performance.now() - since).toBeLessThan(400)
    await east.resume()
  })

  it('settles what waits for a connection of a hung server when that is left', async () => {
    const { client, group } = await open()
    await client.set('h', '1')
    await east.pause()
    const since = performance.now()
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => client.set(`h${i}`, '1')))
    const elapsed = performance.now() - since
    await east.resume()
    expect(elapsed).toBeLessThan(3500)
    expect(switches(group)).toHaveLength(1)
    expect(new Set(outcomes.map(({ status }) => status)).has('rejected')).toBe(true)
    expect(await client.set('h', '2')).toBe('OK')
  })
})
