import {
  eventually,
  type RedisServer,
  type SentinelDeployment,
  startSentinel,
} from '@redis-endpoint-failover/test-infra'
import { createSentinel } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFailoverSentinel, type NodeRedisSentinelOptions } from '../../src/index.ts'

const GRACE = 8000

let east: SentinelDeployment
let west: SentinelDeployment
const opened: { close(): Promise<void> }[] = []

beforeAll(async () => {
  ;[east, west] = await Promise.all([
    startSentinel({ masterName: 'east', replicas: 1 }),
    startSentinel({ masterName: 'west', replicas: 0, sentinels: 1, quorum: 1 }),
  ])
}, 60_000)
afterEach(async () => {
  await Promise.all(opened.splice(0).map((group) => group.close()))
})
afterAll(async () => {
  await Promise.all([east?.stop(), west?.stop()])
})

const optionsOf = ({ masterName, addresses }: SentinelDeployment): NodeRedisSentinelOptions => ({
  name: masterName,
  sentinelRootNodes: addresses,
})

const open = async () => {
  const { client, group } = createFailoverSentinel({
    create: createSentinel,
    endpoints: [
      { id: 'east', weight: 2, options: optionsOf(east) },
      { id: 'west', weight: 1, options: optionsOf(west) },
    ],
    health: { topologyGrace: GRACE },
    failback: { mode: 'never' },
    // On a busy machine, connecting takes longer than the better endpoint is waited for.
    start: { policy: 'all', timeout: 15_000 },
  })
  opened.push(group)
  await client.connect()
  return { client, group }
}

describe('a client that fails over between Sentinel-managed deployments', () => {
  it('has the whole surface of a Sentinel client', async () => {
    const { client, group } = await open()
    expect(group.active).toBe('east')
    expect(await client.set('a', '1')).toBe('OK')
    expect(await client.incr('a')).toBe(2)
    expect(await client.multi().incr('a').get('a').exec()).toEqual([3, '3'])
    expect(await client.sendCommand(true, ['GET', 'a'])).toBe('3')
    expect(await client.withTypeMapping({ 36: Buffer }).get('a')).toEqual(Buffer.from('3'))
    expect(client.getMasterNode()?.port).toBe((await east.primary()).port)
    const used = await client.use(async (lease) => {
      await lease.watch('a')
      return lease.multi().set('a', '4').exec()
    })
    expect(used).toEqual(['OK'])
    const found: string[] = []
    for await (const keys of client.scanIterator()) found.push(...keys)
    expect(found).toContain('a')
  })

  it("hands errors of the caller's own function to the caller", async () => {
    const { client } = await open()
    await expect(client.use(() => Promise.reject(new RangeError('mine')))).rejects.toThrow(RangeError)
  })

  it('ends an iteration with a typed error when the endpoint is left', async () => {
    const { client, group } = await open()
    for (let i = 0; i < 50; i += 1) await client.set(`scan${i}`, '1')
    const pages = client.scanIterator({ COUNT: 5 })
    await pages.next()
    await group.switchTo('west')
    await expect(pages.next()).rejects.toMatchObject({ code: 'CURSOR_LOST' })
  })
})

describe('a Sentinel-managed deployment', () => {
  it('loses its primary: the promotion is awaited, and no write runs twice', { timeout: 30_000 }, async () => {
    const { client, group } = await open()
    const before: RedisServer = await east.primary()
    await client.del('n')
    const outcomes = { acknowledged: 0, ambiguous: 0, failed: 0 }
    let stop = false
    const write = async (): Promise<void> => {
      while (!stop) {
        try {
          await client.incr('n')
          outcomes.acknowledged += 1
        } catch (error) {
          if ((error as { maybeExecuted?: boolean }).maybeExecuted === true) outcomes.ambiguous += 1
          else outcomes.failed += 1
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    }
    const writers = [write(), write(), write(), write()]
    await eventually(() => expect(outcomes.acknowledged).toBeGreaterThan(50))
    await before.kill()
    const atKill = outcomes.acknowledged
    await east.waitForPromotion(before)
    await eventually(() => expect(outcomes.acknowledged).toBeGreaterThan(atKill + 50), { timeout: 8000 })
    stop = true
    await Promise.all(writers)
    expect(group.history().filter(({ type }) => type === 'failover' || type === 'all-down')).toEqual([])
    expect(group.active).toBe('east')
    // Replication may have lost acknowledged writes with the primary; twice is what must not be.
    expect(Number(await client.get('n'))).toBeLessThanOrEqual(outcomes.acknowledged + outcomes.ambiguous)
    await eventually(() => expect(group.snapshot().endpoints[0]?.state).toBe('up'), { timeout: 5000 })
    await before.restart()
  })
})
