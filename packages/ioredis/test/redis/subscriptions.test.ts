import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { UnsupportedOperationError } from '../../src/index.ts'
import { start, useServers } from './failover-setup.ts'

describe('subscriptions of ioredis', () => {
  const [east, west] = useServers()
  const servers = [east, west]

  it('resolve with the number of subscriptions, as a server counts them', async () => {
    const { client } = await start(servers)
    expect(await client.subscribe('a')).toBe(1)
    expect(await client.subscribe('b', Buffer.from('c'))).toBe(3)
    expect(await client.subscribe(...['c', 'd'])).toBe(4)
    expect(await client.psubscribe('p*', 'q*')).toBe(6)
    expect(await client.ssubscribe('s')).toBe(1)
    expect(await Promise.all([client.subscribe('e'), client.subscribe('f')])).toEqual([7, 8])
    expect(await client.unsubscribe('a', 'b')).toBe(6)
    expect(await client.unsubscribe()).toBe(2)
    expect(await client.punsubscribe()).toBe(0)
    expect(await client.sunsubscribe('s', 'unknown')).toBe(0)
    expect(await client.unsubscribe()).toBe(0)
    expect(await east.command('PUBSUB', 'CHANNELS')).toEqual([])
  })

  it('call back', async () => {
    const { client } = await start(servers)
    const count = await new Promise((resolve, reject) => {
      client.subscribe('a', 'b', (error, value) => (error ? reject(error) : resolve(value)))
    })
    expect(count).toBe(2)
  })

  it('emit messages as texts and as bytes', async () => {
    const { client } = await start(servers)
    const received: unknown[] = []
    for (const event of ['message', 'messageBuffer', 'pmessage', 'pmessageBuffer', 'smessage', 'smessageBuffer'])
      client.on(event, (...args) => received.push([event, ...args]))
    await client.subscribe('a')
    await client.psubscribe('p*')
    await client.ssubscribe('s')
    await client.publish('a', '1')
    await client.publish('p1', '2')
    await client.spublish('s', '3')
    await eventually(() => received.length === 6)
    expect(received).toEqual([
      ['message', 'a', '1'],
      ['messageBuffer', Buffer.from('a'), Buffer.from('1')],
      ['pmessage', 'p*', 'p1', '2'],
      ['pmessageBuffer', 'p*', Buffer.from('p1'), Buffer.from('2')],
      ['smessage', 's', '3'],
      ['smessageBuffer', Buffer.from('s'), Buffer.from('3')],
    ])
  })

  it('with a key prefix: shard channels have it and others do not, as with the bare client', async () => {
    const { client } = await start(servers, { clientOptions: { keyPrefix: 'app:' } })
    const received: unknown[] = []
    client.on('message', (...args) => received.push(args))
    client.on('smessage', (...args) => received.push(args))
    await client.subscribe('a')
    await client.ssubscribe('s')
    await east.command('PUBLISH', 'a', '1')
    await east.command('SPUBLISH', 'app:s', '2')
    await eventually(() => received.length === 2)
    expect(received).toEqual([
      ['a', '1'],
      ['app:s', '2'],
    ])
  })

  it('start a lazy client, and allow ordinary commands with protocol 2', async () => {
    const { client } = await start(servers, { clientOptions: { protocol: 2, lazyConnect: true } })
    expect(await client.call('SUBSCRIBE', 'a')).toBe(1)
    expect(await client.set('key', 'value')).toBe('OK')
    expect(await client.get('key')).toBe('value')
  })

  it('follow a failover, and a reconnection that the application asks for', async () => {
    const { client, group } = await start(servers)
    const received: string[] = []
    client.on('message', (_channel, message) => received.push(message))
    await client.subscribe('a')
    const moved = new Promise((resolve) => {
      group.on('subscriptions-moved', resolve)
    })
    await east.kill()
    expect(await moved).toMatchObject({ from: 'east', to: 'west', channels: 1 })
    await west.command('PUBLISH', 'a', '1')
    await eventually(() => received.length === 1)
    client.disconnect(true)
    await eventually(async () => (await west.command('PUBLISH', 'a', '2')) === 1)
    await eventually(() => received.includes('2'))
  })

  it('end with quit(), and begin afresh when the client is connected again', async () => {
    const { client } = await start(servers)
    const other = client.duplicate()
    await other.connect()
    await other.subscribe('a')
    await other.quit()
    await eventually(async () => (await east.command('PUBLISH', 'a', '1')) === 0)
    await expect(other.subscribe('a')).rejects.toThrow('Connection is closed.')
    await other.connect()
    expect(await other.subscribe('b')).toBe(1)
  })

  it('are refused in pipelines and transactions, with what to do instead', async () => {
    const { client } = await start(servers)
    for (const attempt of [client.pipeline().subscribe('a').exec(), client.multi().psubscribe('a').exec()]) {
      const error: unknown = await attempt.catch((reason: unknown) => reason)
      expect(error).toSatisfy(UnsupportedOperationError.isInstance)
      expect((error as Error).message).toContain('call the method of that name on the client')
    }
  })
})
