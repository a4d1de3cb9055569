import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { createFailoverClient, type StartFailedError } from '../../src/index.ts'
import { createSetup, start, useServers } from './failover-setup.ts'

const servers = useServers()
const [east, west] = servers

const cleanups: (() => Promise<unknown>)[] = []
afterEach(() => Promise.all(cleanups.splice(0).map((cleanup) => cleanup())))

/** A client as the user gets it, and the events of it. */
const create = (...options: Parameters<typeof createSetup>) => {
  const setup = createSetup(...options)
  cleanups.push(() => setup.group.close())
  const events: string[] = []
  for (const name of ['connecting', 'connect', 'ready', 'close', 'reconnecting', 'end'])
    setup.client.on(name, () => events.push(name))
  return { ...setup, events }
}

const clientsOf = async (server: typeof east): Promise<number> =>
  String(await server.command('CLIENT', 'LIST', 'TYPE', 'normal'))
    .split('\n')
    .filter((line) => line.includes('lib-name=ioredis')).length

describe('a client', () => {
  it('starts by itself, and goes through the events of ioredis', async () => {
    const { client, events } = create(servers)
    expect(client.status).toBe('connecting')
    expect(await client.get('key')).toBeNull()
    expect(client.status).toBe('ready')
    await east.kill()
    await expect.poll(() => events.join(' ')).toBe('connecting connect ready close reconnecting connect ready')
    expect(await client.quit()).toBe('OK')
    expect(client.status).toBe('end')
    await expect.poll(() => events.slice(-2)).toEqual(['close', 'end'])
  })

  it('waits with lazyConnect for connect() or for the first command', async () => {
    const { client, group, events } = create(servers, { clientOptions: { lazyConnect: true } })
    await sleep(20)
    expect([client.status, group.lifecycle, events]).toEqual(['wait', 'idle', []])
    await client.connect()
    expect([client.status, group.lifecycle]).toEqual(['ready', 'started'])
    const other = create(servers, { clientOptions: { lazyConnect: true } })
    expect(await other.client.set('key', 1)).toBe('OK')
    expect(other.client.status).toBe('ready')
  })

  it('shares the group with its duplicates, which ends with the last of them', async () => {
    const { client, group } = await start(servers, { clientOptions: { keyPrefix: 'a:' } })
    const twin = client.duplicate({ keyPrefix: 'b:', maxRetriesPerRequest: null })
    expect(twin).toBeInstanceOf(Redis)
    await twin.set('key', 1)
    expect(await east.command('KEYS', '*')).toEqual(['b:key'])
    await group.switchTo('west')
    expect(await Promise.all([twin.get('key'), client.get('key')])).toEqual([null, null])
    expect(() => client.duplicate({ db: 3 })).toThrow(/duplicate\(\)\.db/)
    await client.quit()
    await expect(client.get('key')).rejects.toThrow('Connection is closed.')
    expect(await twin.set('key', 1)).toBe('OK')
    expect(group.lifecycle).toBe('started')
    await client.connect()
    expect(await client.set('key', 2)).toBe('OK')
    client.disconnect()
    twin.disconnect()
    expect([twin.status, group.lifecycle]).toEqual(['end', 'closed'])
    await expect(twin.get('key')).rejects.toMatchObject({ code: 'GROUP_CLOSED' })
    await expect(twin.connect()).rejects.toMatchObject({ code: 'GROUP_CLOSED' })
  })

  it('rejects what is in flight on disconnect(), and lets it finish on quit()', async () => {
    const first = create(servers)
    await first.client.ping()
    const inFlight = first.client.incr('n')
    expect(await first.client.quit()).toBe('OK')
    expect(await inFlight).toBe(1)
    const second = create(servers)
    await second.client.ping()
    await east.pause()
    const abandoned = [second.client.incr('n'), second.client.get('n'), second.client.blpop('queue', 0)]
    second.client.disconnect()
    const settled = await Promise.allSettled(abandoned)
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(settled[0]).toMatchObject({ reason: { maybeExecuted: true } })
  })

  it('leaves nothing behind', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout' && name !== 'Immediate').length
    const { client, group } = create(servers, { clientOptions: { commandTimeout: 60_000 } })
    await client.ping()
    client.duplicate()
    const blocked = client.blpop('queue', 0).catch((error: Error) => error)
    await client.pipeline().get('key').exec()
    await sleep(20)
    await group.close({ drainTimeout: 10 })
    expect(await blocked).toBeInstanceOf(Error)
    await expect.poll(() => clientsOf(east)).toBe(0)
    await expect.poll(() => clientsOf(west)).toBe(0)
    const left = () => process.getActiveResourcesInfo().filter((name) => name !== 'Timeout' && name !== 'Immediate')
    await expect.poll(() => left().length).toBe(before)
  })

  it('gives up its connections on disconnect(true), and goes on', async () => {
    const { client } = await start(servers)
    const id = await client.client('ID')
    client.disconnect(true)
    await expect.poll(() => client.client('ID')).toBeGreaterThan(id)
    expect(client.status).toBe('ready')
  })

  it('says why it cannot start', async () => {
    const { client } = createFailoverClient({
      Redis,
      endpoints: [
        { id: 'password', options: { host: east.host, port: east.port, username: 'nobody', password: 'secret-word' } },
        { id: 'database', options: { host: east.host, port: east.port, db: 999 } },
        { id: 'name', options: { host: 'no-such-host.invalid' } },
        { id: 'port', options: { url: `redis://${east.host}:1` } },
      ],
      clientOptions: { lazyConnect: true },
      start: { timeout: 600 },
    })
    cleanups.push(() => client.quit())
    const errors: Error[] = []
    client.on('error', (error) => errors.push(error))
    const error = await client.connect().then(
      () => undefined,
      (reason: StartFailedError) => reason,
    )
    expect(error).toMatchObject({
      code: 'START_FAILED',
      causes: {
        password: expect.stringContaining('credentials'),
        database: expect.stringContaining('refused'),
        port: expect.stringContaining('ECONNREFUSED'),
      },
    })
    expect(error?.causes.name).toMatch(/ENOTFOUND|EAI_AGAIN/)
    expect(String(error)).not.toContain('secret-word')
    expect(errors).toContain(error)
    expect(client.status).toBe('connecting')
  })
})
