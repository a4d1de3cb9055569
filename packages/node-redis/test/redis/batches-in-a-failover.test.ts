import { eventually } from '@redis-endpoint-failover/test-infra'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addTo, startEastAndWest } from './failover-setup.ts'

let setup: Awaited<ReturnType<typeof startEastAndWest>>
beforeAll(async () => {
  setup = await startEastAndWest()
})
afterEach(() => setup.reset())
afterAll(() => setup.stop())

const withScript = (options: object) => createClient({ ...options, scripts: { addTo } })

describe('when the active endpoint hangs', () => {
  test('what only reads is repeated as a whole; what writes says that it may have happened, and happened once at most', async () => {
    const { client, group } = await setup.open({ create: withScript, preset: 'fast' })
    for (const server of [setup.east, setup.west]) await server.command('MSET', 'a', '1', 'b', '2')
    await setup.east.command('SCRIPT', 'LOAD', addTo.SCRIPT)
    await setup.east.pause()
    const uncertain = { code: 'AMBIGUOUS_RESULT', maybeExecuted: true, endpointId: 'east' }
    const writes = {
      multi: client.multi().incr('multi').get('a').exec(),
      pipeline: client.multi().incr('pipeline').get('a').execAsPipeline(),
      script: client.addTo('script', 1),
      raw: client.sendCommand(['INCR', 'raw']),
      blocking: client.blPop('queue', 0),
    }
    const reads = [
      client.multi().get('a').get('b').execAsPipeline(),
      client.mGet(['a', 'b']),
      client.sendCommand(['MGET', 'a', 'b']),
    ]
    for (const [what, write] of Object.entries(writes)) await expect(write, what).rejects.toMatchObject(uncertain)
    expect(await Promise.all(reads)).toEqual([
      ['1', '2'],
      ['1', '2'],
      ['1', '2'],
    ])
    expect(group.active).toBe('west')
    await setup.east.resume()
    const counted = ['multi', 'pipeline', 'script', 'raw']
    const executed = await Promise.all([setup.east, setup.west].map((server) => server.command('MGET', ...counted)))
    expect(executed).toEqual([
      ['1', '1', '1', '1'],
      [null, null, null, null],
    ])
  })
})

describe('when the active endpoint becomes a replica', () => {
  test('a write goes to the next endpoint; a pipeline with a refused write is not repeated', async () => {
    const { client, group } = await setup.open()
    await setup.east.command('REPLICAOF', '127.0.0.1', '1')
    try {
      await expect(client.multi().set('pipeline', 'x').ping().execAsPipeline()).rejects.toThrow('READONLY')
      expect(await client.set('write', 'x')).toBe('OK')
      expect(await client.multi().set('transaction', 'x').exec()).toEqual(['OK'])
      expect(group.active).toBe('west')
      expect(await setup.west.command('MGET', 'pipeline', 'write', 'transaction')).toEqual([null, 'x', 'x'])
    } finally {
      await setup.east.command('REPLICAOF', 'NO', 'ONE')
    }
  })
})

describe('after a failover', () => {
  test('views, namespaces, batches and blocking commands that were made before work as before', async () => {
    const { client, group } = await setup.open({ create: withScript })
    await client.addTo('sum', 1)
    const view = client.withCommandOptions({ asap: true })
    const batch = client.multi().set('batch', 'x').incr('batches')
    const popped = expect(client.blPop('before', 0)).rejects.toMatchObject({ code: 'AMBIGUOUS_RESULT' })
    await client.ping()
    await setup.east.kill()
    await popped
    await eventually(() => group.active === 'west')
    expect(await client.addTo('sum', 5)).toBe(5)
    expect(await view.get('sum')).toBe('5')
    expect(await batch.exec()).toEqual(['OK', 1])
    const next = client.blPop('after', 5)
    await client.rPush('after', 'job')
    expect(await next).toEqual({ key: 'after', element: 'job' })
    expect(group.active).toBe('west')
  })
})
