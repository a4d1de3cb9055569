import { eventually } from '@redis-endpoint-failover/test-infra'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFailoverClient, UnsupportedOperationError } from '../../src/index.ts'
import { endpointsOf, startEastAndWest } from './failover-setup.ts'

let setup: Awaited<ReturnType<typeof startEastAndWest>>
beforeAll(async () => {
  setup = await startEastAndWest()
})
afterEach(() => setup.reset())
afterAll(() => setup.stop())

const publish = (channel: string, message: string): Promise<unknown> => setup.east.command('PUBLISH', channel, message)

describe('subscriptions of node-redis', () => {
  it('take one channel or several, and call the listener with message and channel', async () => {
    const { client } = await setup.open()
    const received: unknown[] = []
    expect(await client.subscribe('one', (...args) => received.push(args))).toBeUndefined()
    await client.SUBSCRIBE(['two', 'three'], (...args) => received.push(args))
    await client.pSubscribe('pat*', (...args) => received.push(args))
    await client.sSubscribe('shard', (...args) => received.push(args))
    await publish('one', '1')
    await publish('three', '3')
    await publish('pattern', 'p')
    await setup.east.command('SPUBLISH', 'shard', 's')
    await eventually(() => received.length === 4)
    expect(received).toEqual([
      ['1', 'one'],
      ['3', 'three'],
      ['p', 'pattern'],
      ['s', 'shard'],
    ])
  })

  it('give bytes in buffer mode, to listeners of the same channel as well', async () => {
    const { client } = await setup.open()
    const received: unknown[] = []
    await client.subscribe('a', (message, channel) => received.push([message, channel]), true)
    await client.subscribe('a', (message, channel) => received.push([message, channel]))
    await publish('a', 'ä')
    await eventually(() => received.length === 2)
    expect(received).toEqual([
      [Buffer.from('ä'), Buffer.from('a')],
      ['ä', 'a'],
    ])
  })

  it('end for one listener, for a channel or for all, as with the bare client', async () => {
    const { client } = await setup.open()
    const received: string[] = []
    const first = (message: string) => received.push(`first ${message}`)
    const second = (message: string) => received.push(`second ${message}`)
    await client.subscribe(['a', 'b', 'c'], first)
    await client.subscribe('a', second)
    await client.unsubscribe('a', first)
    await publish('a', '1')
    await eventually(() => received.length === 1)
    expect(received).toEqual(['second 1'])
    await client.unsubscribe('a', second)
    expect(await setup.east.command('PUBSUB', 'NUMSUB', 'a', 'b', 'c')).toEqual(['a', 0, 'b', 1, 'c', 1])
    await client.unsubscribe('b')
    expect(await setup.east.command('PUBSUB', 'NUMSUB', 'b', 'c')).toEqual(['b', 0, 'c', 1])
    await client.unsubscribe()
    expect(await setup.east.command('PUBSUB', 'CHANNELS')).toEqual([])
  })

  it('say what they are: isPubSubActive and getPubSubListeners()', async () => {
    const { client } = await setup.open()
    const listener = (): void => undefined
    expect(client.isPubSubActive).toBe(false)
    await client.subscribe('a', listener)
    await client.pSubscribe('p*', listener, true)
    expect(client.isPubSubActive).toBe(true)
    const listeners = client.getPubSubListeners('CHANNELS') as Map<string, { strings: Set<unknown> }>
    expect([...listeners.keys(), ...(listeners.get('a')?.strings ?? [])]).toEqual(['a', listener])
    await client.unsubscribe('a')
    await client.pUnsubscribe()
    expect([client.isPubSubActive, listeners.size]).toEqual([false, 0])
  })

  it('take over the listeners of another client', async () => {
    const { client } = await setup.open()
    const other = client.duplicate()
    await other.connect()
    const received: string[] = []
    await client.subscribe(['a', 'b'], (message) => received.push(message))
    await other.extendPubSubListeners('CHANNELS', client.getPubSubListeners('CHANNELS'))
    await client.close()
    await publish('b', '1')
    await eventually(() => received.length === 1)
  })

  it('follow a failover with all their listeners, also those of views', async () => {
    const { client, group } = await setup.open()
    const received: string[] = []
    const view = client.withCommandOptions({ asap: true })
    await view.subscribe('a', (message) => received.push(`view ${message}`))
    await client.subscribe('a', (message) => received.push(`client ${String(message)}`), true)
    const moved = new Promise((resolve) => {
      group.on('subscriptions-moved', resolve)
    })
    await setup.east.kill()
    expect(await moved).toMatchObject({ from: 'east', to: 'west', channels: 1 })
    await setup.west.command('PUBLISH', 'a', 'west')
    await eventually(() => received.length === 2)
    expect(received).toEqual(['client west', 'view west'])
  })

  it('go on when a listener throws: the error is the client’s "error" event', async () => {
    const { client, group } = await setup.open()
    const received: string[] = []
    const errors: unknown[] = []
    client.on('error', (error) => errors.push(error))
    const mine = new Error('mine')
    await client.subscribe('a', () => {
      throw mine
    })
    await client.subscribe('a', (message) => received.push(message))
    await publish('a', '1')
    await publish('a', '2')
    await eventually(() => received.length === 2)
    await eventually(() => errors.length === 2)
    expect([errors, group.history().filter(({ type }) => type === 'connection-closed')]).toEqual([[mine, mine], []])
  })

  it('are refused where they cannot follow: as a raw command, in a transaction, before connect()', async () => {
    const { client } = await setup.open()
    for (const attempt of [
      client.sendCommand(['SUBSCRIBE', 'a']),
      client.multi().addCommand(['SUBSCRIBE', 'a']).exec(),
      client.multi().addCommand(['PSUBSCRIBE', 'a']).execAsPipeline(),
    ]) {
      const error: unknown = await attempt.catch((reason: unknown) => reason)
      expect(error).toSatisfy(UnsupportedOperationError.isInstance)
      expect((error as Error).message).toContain('client.subscribe()')
    }
    const idle = createFailoverClient({
      create: (options) => createClient(options),
      endpoints: endpointsOf(setup.east, setup.west),
    })
    await expect(idle.client.subscribe('a', () => undefined)).rejects.toThrow('The client is closed')
    await idle.group.close()
  })
})
