import { existsSync } from 'node:fs'
import { connect as connectTls } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import {
  createCertificates,
  eventually,
  fillBacklog,
  isAlive,
  openRawConnection,
  PortTakenError,
  type RedisServer,
  startRedis,
  startServers,
  waitForReplication,
} from '../../src/index.ts'

const servers: RedisServer[] = []

async function start(...options: Parameters<typeof startRedis>): Promise<RedisServer> {
  const server = await startRedis(...options)
  servers.push(server)
  return server
}

afterAll(() => Promise.all(servers.map((server) => server.stop())))

const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: Error) => error.message,
  )

describe('a Redis server of the tests', () => {
  it('answers on a free port of loopback that is not 6379', async () => {
    const server = await start({ name: 'plain' })
    expect(server.port).not.toBe(6379)
    expect(server.url).toBe(`redis://127.0.0.1:${server.port}`)
    expect(await server.command('PING')).toBe('PONG')
    expect(await server.command('CONFIG', 'GET', 'save')).toEqual(['save', ''])
    expect(await server.command('DEBUG', 'SLEEP', 0)).toBe('OK')
  })

  it('takes settings as an object and as arguments', async () => {
    const byObject = await start({ args: { maxmemory: '7mb', 'client-output-buffer-limit': 'normal 1mb 0 0' } })
    expect(await byObject.command('CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', '7340032'])
    const byArguments = await start({ args: ['--maxclients', '50'] })
    expect(await byArguments.command('CONFIG', 'GET', 'maxclients')).toEqual(['maxclients', '50'])
  })

  it('says why when it cannot start, and leaves no folder', async () => {
    expect(await messageOf(start({ args: { 'no-such-setting': 1 } }))).toMatch(/did not start[\s\S]*no-such-setting/)
  })

  it('says when a wanted port is taken, also by a Redis', async () => {
    const first = await start()
    await expect(start({ port: first.port })).rejects.toBeInstanceOf(PortTakenError)
    expect(first.isRunning).toBe(true)
  })

  it('comes in groups, each with its name', async () => {
    const [east, west] = await startServers(['east', 'west'])
    servers.push(east, west)
    expect([east.name, west.name]).toEqual(['east', 'west'])
    expect(east.port).not.toBe(west.port)
  })
})

describe('signals', () => {
  it('kill ends the process and says when; restart gives an empty server on the same port', async () => {
    const server = await start({ name: 'killed' })
    await server.command('SET', 'key', 'value')
    const { pid, port } = server
    const before = performance.now()
    const { at } = await server.kill()
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(performance.now())
    expect(server.isRunning).toBe(false)
    expect(isAlive(pid)).toBe(false)
    expect(await messageOf(server.command('PING'))).toMatch('ECONNREFUSED')
    await server.restart()
    expect(server.port).toBe(port)
    expect(server.pid).not.toBe(pid)
    expect(await server.command('GET', 'key')).toBeNull()
  })

  it('a paused server accepts and says nothing; resume lets it answer what came in', async () => {
    const server = await start({ name: 'paused' })
    await server.pause()
    const connection = await server.connect({})
    const reply = connection.command('PING')
    const first = await Promise.race([reply, new Promise((resolve) => setTimeout(resolve, 150, 'nothing'))])
    expect(first).toBe('nothing')
    await server.resume()
    expect(await reply).toBe('PONG')
    connection.close()
  })

  it('stop works on a paused server, twice, and removes the folder; restart works after it', async () => {
    const server = await start({ name: 'stopped' })
    const { pid, dir } = server
    expect(existsSync(dir)).toBe(true)
    await server.pause()
    await server.stop()
    await server.stop()
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(dir)).toBe(false)
    await server.restart()
    expect(await server.command('PING')).toBe('PONG')
  })

  it('restart of a paused server ends the old process first', async () => {
    const server = await start()
    const { pid } = server
    await server.pause()
    await server.restart()
    expect(isAlive(pid)).toBe(false)
    expect(await server.command('PING')).toBe('PONG')
  })

  it('sees that a server ended by itself', async () => {
    const server = await start()
    await server.command('SHUTDOWN', 'NOSAVE').catch(() => undefined)
    await server.exited
    expect(server.isRunning).toBe(false)
  })

  it('connecting to a paused server hangs once its backlog is full', async () => {
    const server = await start({ args: { 'tcp-backlog': 1 } })
    await server.pause()
    const full = await fillBacklog(server)
    expect(await messageOf(server.connect({}, 200))).toMatch('did not answer within 200 ms')
    await full[Symbol.asyncDispose]()
    await server.resume()
    await eventually(() => server.command('PING'))
  })
})

describe('passwords and ACL', () => {
  it('a password is asked for, and stands in the URL', async () => {
    const server = await start({ password: 'p@ss "word"' })
    const { host, port, password } = server
    expect(decodeURIComponent(new URL(server.url).password)).toBe(password)
    await using stranger = await openRawConnection({ host, port })
    expect(await messageOf(stranger.command('PING'))).toMatch('NOAUTH')
    await using known = await openRawConnection({ host, port, password: password ?? '' })
    expect(await known.command('PING')).toBe('PONG')
  })

  it('ACL users have their limits, and commands of the tests work even without a default user', async () => {
    const server = await start({ aclUsers: ['default off', 'reader on >secret ~app:* +get'] })
    await using reader = await server.connect({ username: 'reader', password: 'secret' })
    expect(await reader.command('GET', 'app:1')).toBeNull()
    expect(await messageOf(reader.command('SET', 'app:1', 'x'))).toMatch('NOPERM')
    expect(await server.command('PING')).toBe('PONG')
    await server.command('ACL', 'SETUSER', 'reader', 'off')
    expect(await messageOf(server.connect({ username: 'reader', password: 'secret' }))).toMatch('WRONGPASS')
  })
})

describe('replicas', () => {
  it('follow their master, also with a password and TLS', async () => {
    for (const secured of [false, true]) {
      const master = await start({ name: 'master', ...(secured && { password: 'secret', tls: true }) })
      await master.command('SET', 'early', '1')
      const replica = await start({ name: 'replica', replicaOf: master, ...(secured && { tls: true }) })
      await waitForReplication(replica)
      await master.command('SET', 'late', '2')
      await waitForReplication(replica)
      expect([await replica.command('GET', 'early'), await replica.command('GET', 'late')]).toEqual(['1', '2'])
      expect(await messageOf(replica.command('SET', 'x', 'y'))).toMatch('READONLY')
    }
  })

  it('can be made at run time', async () => {
    const [master, other] = await startServers(['master', 'other'], { password: 'secret' })
    servers.push(master, other)
    await master.command('SET', 'key', 'value')
    await other.command('REPLICAOF', master.host, master.port)
    await waitForReplication(other)
    expect(await other.command('GET', 'key')).toBe('value')
  })
})

describe('TLS', () => {
  const handshake = (server: RedisServer, ca: string, servername?: string): Promise<string> =>
    new Promise((resolve) => {
      const { host, port } = server
      const socket = connectTls({ host, port, ca, ...(servername !== undefined && { servername }) }, () => {
        resolve('trusted')
        socket.destroy()
      })
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    })

  it('is trusted by whoever has its CA, and by nobody else', async () => {
    const [server, sibling] = await startServers(['server', 'sibling'], { tls: true })
    servers.push(server, sibling)
    const { ca } = server.tls ?? { ca: '' }
    expect(server.url).toMatch(/^rediss:/)
    expect(await server.command('PING')).toBe('PONG')
    expect(await handshake(server, ca)).toBe('trusted')
    expect(await handshake(server, ca, 'localhost')).toBe('trusted')
    expect(await handshake(sibling, ca)).toBe('trusted')
    const { ca: otherCa } = await createCertificates()
    expect(await handshake(server, otherCa)).toMatch(/SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY|SIGNATURE_FAILURE/)
  })

  it('can be expired or for another host', async () => {
    const expired = await start({ tls: { expired: true } })
    expect(await handshake(expired, expired.tls?.ca ?? '')).toBe('CERT_HAS_EXPIRED')
    const elsewhere = await start({ tls: { hostnames: ['elsewhere.test'] } })
    expect(await handshake(elsewhere, elsewhere.tls?.ca ?? '')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })
})
