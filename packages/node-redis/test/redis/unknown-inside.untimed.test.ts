import { UnsupportedOperationError } from '@redis-endpoint-failover/core'
import { type RedisServer, startServers } from '@redis-endpoint-failover/test-infra'
import { type ClientSetup, describeFailoverClientContract } from '@redis-endpoint-failover/testkit'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFailoverClient, type NodeRedisOptions } from '../../src/index.ts'
import { underTest } from './contract-options.ts'
import { double } from './double-script.ts'

/** A client as a later version might be: it works, and its inside is not the one that we have read. */
const create = (options: NodeRedisOptions) => {
  const client = createClient({ ...options, scripts: { double } })
  const inner = (client as unknown as { _self: Record<string, (...args: unknown[]) => unknown> })._self
  for (const name of ['_executeCommand', '_executeMulti']) {
    const original = inner[name]
    // Takes its arguments in another way, for all that one can see.
    inner[name] = (...args) => original?.apply(inner, args)
  }
  return client
}

let east: RedisServer
let west: RedisServer
const warnings: Error[] = []
const opened: { close(): Promise<void> }[] = []
const onWarning = (warning: Error): void => void warnings.push(warning)

beforeAll(async () => {
  process.on('warning', onWarning)
  ;[east, west] = (await startServers(['east', 'west'])) as [RedisServer, RedisServer]
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((group) => group.close()))
  for (const server of [east, west]) if (!server.isRunning) await server.restart()
})
afterAll(async () => {
  process.off('warning', onWarning)
  await Promise.all([east?.stop(), west?.stop()])
})

const open = async () => {
  const { client, group } = createFailoverClient({
    create,
    endpoints: [
      { id: 'east', weight: 2, options: { url: east.url } },
      { id: 'west', weight: 1, options: { url: west.url } },
    ],
    failback: { mode: 'never' },
  })
  opened.push(group)
  await client.connect()
  return { client, group }
}

describe('a client whose inside is not known', () => {
  it('is routed by its public methods, and a warning says so once', async () => {
    const { client } = await open()
    await open()
    const ours = warnings.filter((warning) => (warning as { code?: string }).code === 'REDIS_CLIENT_INSIDE_UNKNOWN')
    expect(ours).toHaveLength(1)
    expect(client.isReady).toBe(true)
    expect(await client.set('a', '1')).toBe('OK')
    expect(await client.incr('a')).toBe(2)
    expect(await client.sendCommand(['GET', 'a'])).toBe('2')
    expect(await client.double('a', 4)).toBe(8)
    expect(await client.withTypeMapping({ 36: Buffer }).get('a')).toEqual(Buffer.from('2'))
    expect(await client.multi().incr('a').get('a').exec()).toEqual([3, '3'])
    expect(await client.multi().get('a').execAsPipeline()).toEqual(['3'])
    expect(await client.json.set('doc', '$', { a: 1 }).catch((error: Error) => error.message)).toMatch(/OK|unknown/)
    const keys: string[] = []
    for await (const page of client.scanIterator()) keys.push(...page)
    expect(keys).toContain('a')
  })

  it('lets a blocking command wait on a connection of its own', async () => {
    const { client } = await open()
    await client.del('queue')
    const popped = client.blPop('queue', 5)
    expect(await client.set('b', '1')).toBe('OK')
    await client.rPush('queue', 'x')
    expect(await popped).toEqual({ key: 'queue', element: 'x' })
  })

  it('fails over, repeats reads, and runs no write twice', async () => {
    const { client, group } = await open()
    await Promise.all([east, west].map((server) => server.command('DEL', 'n')))
    const batch = client.multi().get('n')
    const calls = Array.from({ length: 200 }, (_, i) => (i % 4 === 0 ? client.incr('n') : client.get('n')))
    const inFlight = Promise.allSettled(calls)
    await east.kill()
    const later = Promise.allSettled(Array.from({ length: 50 }, () => client.incr('n')))
    const more = [...(await inFlight), ...(await later)]
    const failed = more.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    for (const error of failed) expect(error).toMatchObject({ code: 'AMBIGUOUS_RESULT' })
    // 100 INCRs in all: what is uncertain was not sent to the other server.
    expect(failed.length + Number(await west.command('GET', 'n'))).toBeLessThanOrEqual(100)
    expect(group.active).toBe('west')
    expect(await batch.exec()).toHaveLength(1)
    expect(group.history().filter(({ type }) => type === 'failover')).toHaveLength(1)
  })

  it('settles everything when a server hangs', async () => {
    const { client, group } = await open()
    await client.set('h', '1')
    await east.pause()
    const outcomes = await Promise.allSettled([client.get('h'), client.incr('h'), client.multi().incr('h').exec()])
    await east.resume()
    expect(outcomes[0]?.status).toBe('fulfilled')
    expect(outcomes[1]).toMatchObject({ status: 'rejected', reason: { code: 'AMBIGUOUS_RESULT' } })
    expect(group.active).toBe('west')
  })

  it('refuses what it cannot promise', async () => {
    const { client } = await open()
    await expect(client.watch('a')).rejects.toThrow(UnsupportedOperationError)
    await expect(client.wait(1, 10)).rejects.toThrow(UnsupportedOperationError)
    await expect(client.select(1)).rejects.toThrow(UnsupportedOperationError)
    await expect(client.clientSetName('x')).rejects.toThrow(UnsupportedOperationError)
  })

  it('ends with its last duplicate', async () => {
    const { client, group } = await open()
    const twin = client.duplicate()
    await client.close()
    expect(await twin.get('a')).toBeDefined()
    await twin.close()
    expect(group.lifecycle).toBe('closed')
  })
})

describeFailoverClientContract({
  name: 'node-redis with an unknown inside',
  parts: ['routing', 'death'],
  createClient({ endpoints, groupOptions }: ClientSetup) {
    const { client, group } = createFailoverClient({
      ...groupOptions,
      create,
      endpoints: endpoints.map(({ id, weight, server: { host, port } }) => ({
        id,
        weight,
        options: { socket: { host, port } },
      })),
    })
    return underTest(client as never, group)
  },
})
