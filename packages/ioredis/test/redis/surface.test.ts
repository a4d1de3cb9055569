import { once } from 'node:events'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { Command, Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { start, useServers } from './failover-setup.ts'

const servers = useServers()
const [east, west] = servers

describe('monitor()', () => {
  it('shows the commands of the active endpoint until that is left', async () => {
    const { client, group } = await start(servers)
    const monitor = await client.monitor()
    expect(monitor).toBeInstanceOf(Redis)
    expect(monitor.status).toBe('monitoring')
    const seen: string[][] = []
    monitor.on('monitor', (_time, args: string[]) => seen.push(args))
    await client.set('key', 'watched')
    await eventually(() => seen.some((args) => args.join(' ') === 'set key watched'))
    const ended = once(monitor, 'end')
    await group.switchTo('west')
    await ended
    expect(await client.set('key', 'elsewhere')).toBe('OK')
  })

  it('ends with the client that made it, and takes a callback', async () => {
    const { client } = await start(servers)
    const monitor = await new Promise<Redis>((resolve, reject) => {
      client.monitor((error, result) => (result === undefined ? reject(error) : resolve(result)))
    })
    const ended = once(monitor, 'end')
    client.disconnect()
    await ended
  })

  it('says so where the user may not', async () => {
    await east.command('ACL', 'SETUSER', 'default', '-monitor')
    const { client } = await start(servers)
    await expect(client.monitor()).rejects.toThrow('NOPERM')
    await east.command('ACL', 'SETUSER', 'default', '+monitor')
  })
})

describe('options that shape commands and replies', () => {
  it('db: commands, pipelines and duplicates are in the same database, also after a failover', async () => {
    const { client } = await start(servers, { endpointOptions: { db: 3 } })
    await client.set('key', 'in 3')
    await using raw = await east.connect()
    await raw.command('SELECT', 3)
    expect(await raw.command('GET', 'key')).toBe('in 3')
    expect(await client.duplicate().get('key')).toBe('in 3')
    await east.kill()
    await client.pipeline().set('key', 'in 3 of west').exec()
    await using other = await west.connect()
    await other.command('SELECT', 3)
    expect(await other.command('GET', 'key')).toBe('in 3 of west')
  })

  it('stringNumbers: large numbers come back as they are', async () => {
    const { client } = await start(servers, { clientOptions: { stringNumbers: true } })
    await client.set('big', '9007199254740992')
    expect(await client.incr('big')).toBe('9007199254740993')
    expect(await client.multi().incr('big').exec()).toEqual([[null, '9007199254740994']])
  })

  it('replyMapping: RESP3 shapes, in pipelines and after a failover as well', async () => {
    const { client } = await start(servers, { clientOptions: { replyMapping: 'resp3' } as never })
    await client.zadd('z', 1.5, 'member')
    expect(await client.zscore('z', 'member')).toBe(1.5)
    expect(await client.pipeline().zscore('z', 'member').exec()).toEqual([[null, 1.5]])
    await east.kill()
    await client.zadd('z', 2.5, 'member')
    expect(await client.zscore('z', 'member')).toBe(2.5)
  })

  it('showFriendlyErrorStack: an error points to the line that issued the command', async () => {
    const { client } = await start(servers, { clientOptions: { showFriendlyErrorStack: true } })
    await client.set('text', 'x')
    const error = await client.incr('text').catch((reason: Error) => reason)
    expect((error as Error).stack).toContain('surface.test.ts')
  })

  it('enableAutoPipelining: callbacks, errors of single commands, and ignored commands', async () => {
    const { client } = await start(servers, {
      clientOptions: { enableAutoPipelining: true, autoPipeliningIgnoredCommands: ['ping'] },
    })
    await client.set('text', 'x')
    const called = new Promise((resolve) => client.get('text', (error, reply) => resolve([error, reply])))
    const [ping, failed] = await Promise.allSettled([client.ping(), client.incr('text')])
    expect(await called).toEqual([null, 'x'])
    expect(ping).toMatchObject({ value: 'PONG' })
    expect(failed).toMatchObject({ status: 'rejected' })
    expect(client.autoPipelineQueueSize).toBe(0)
  })
})

describe('commands by other ways', () => {
  it('a Command object, call and callBuffer', async () => {
    const { client } = await start(servers, { clientOptions: { keyPrefix: 'app:' } })
    const command = new Command('set', ['raw', 'value'], { replyEncoding: 'utf8' })
    expect(await client.sendCommand(command)).toBe('OK')
    expect(await east.command('GET', 'raw')).toBe('value')
    await client.set('key', 'v')
    expect(await client.call('GET', 'key')).toBe('v')
    expect(await client.callBuffer('GET', 'key')).toEqual(Buffer.from('v'))
    expect(await client.call('OBJECT', ['ENCODING', 'key'])).toBe('embstr')
  })

  it('scripts of the options, defineCommand, readOnly: repeated when the reply is lost', async () => {
    const { client } = await start(servers, {
      clientOptions: {
        scripts: { peek: { lua: 'return redis.call("GET", KEYS[1])', numberOfKeys: 1, readOnly: true } },
      },
    })
    const { peek } = client as unknown as { peek(key: string): Promise<string> }
    await client.set('key', 'v')
    expect(await peek.call(client, 'key')).toBe('v')
    await west.command('SET', 'key', 'of west')
    await east.pause()
    const pending = peek.call(client, 'key')
    await new Promise((resolve) => setTimeout(resolve, 50))
    await east.kill()
    expect(await pending).toBe('of west')
  })
})

describe('what libraries look at', () => {
  it('status, options, isCluster, mode and events through a life', async () => {
    const { client } = await start(servers)
    expect(client.status).toBe('ready')
    expect(client.isCluster).toBe(false)
    expect(client.mode).toBe('normal')
    expect(await client.createBuiltinCommand('ping').string.call(client)).toBe('PONG')
    expect(client.options.lazyConnect).toBe(false)
    expect([typeof client.connect, typeof client.disconnect, typeof client.duplicate]).toEqual(
      Array(3).fill('function'),
    )
    const copy = client.duplicate({ lazyConnect: true })
    expect(copy.status).toBe('wait')
    const events: string[] = []
    for (const event of ['connecting', 'connect', 'ready', 'close', 'end']) copy.on(event, () => events.push(event))
    await copy.connect()
    expect(await copy.quit()).toBe('OK')
    await eventually(() => events.includes('end'))
    expect(events).toEqual(['connecting', 'connect', 'ready', 'close', 'end'])
    expect(await client.get('key')).toBeNull()
  })

  it('disconnect(true) takes new connections, and commands go on', async () => {
    const { client } = await start(servers)
    const before = await client.client('ID')
    client.disconnect(true)
    expect(await client.client('ID')).not.toBe(before)
  })
})
