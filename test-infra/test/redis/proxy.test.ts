import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  blockEventLoop,
  eventually,
  type FaultProxy,
  openRawConnection,
  type RawConnection,
  type RedisServer,
  startProxy,
  startRedis,
} from '../../src/index.ts'

let server: RedisServer
let proxy: FaultProxy
const open: RawConnection[] = []

beforeAll(async () => {
  server = await startRedis({ name: 'behind-proxy' })
  proxy = await startProxy({ target: server })
})
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close()
  await proxy.clearFaults()
})
afterAll(async () => {
  await proxy.close()
  await server.stop()
})

async function connectThrough(): Promise<RawConnection> {
  const connection = await openRawConnection({ host: proxy.host, port: proxy.port })
  connection.socket.on('error', () => undefined)
  open.push(connection)
  // An exchange, so that the proxy has accepted it and has its other side.
  await connection.command('PING')
  return connection
}

const lastOf = (): FaultProxy['connections'][number] => {
  const connection = proxy.connections.at(-1)
  if (connection === undefined) throw new Error('The proxy has no connection.')
  return connection
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await task()
  return performance.now() - start
}

const settledWithin = (promise: Promise<unknown>, ms: number): Promise<boolean> =>
  Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    new Promise<boolean>((resolve) => setTimeout(resolve, ms, false)),
  ])

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  )

describe('a proxy without faults', () => {
  it('passes commands and large replies unchanged, and has the URL of its own port', async () => {
    const connection = await connectThrough()
    const value = 'x'.repeat(5_000_000)
    expect(await connection.command('SET', 'large', value)).toBe('OK')
    expect(await connection.command('GET', 'large')).toBe(value)
    expect(proxy.url).toBe(`redis://127.0.0.1:${proxy.port}`)
  })

  it('counts connections and bytes, and knows the ports on both sides', async () => {
    const before = proxy.acceptedCount
    const connection = await connectThrough()
    const seen = lastOf()
    expect(proxy.acceptedCount).toBe(before + 1)
    expect(proxy.acceptTimes).toHaveLength(before + 1)
    expect(seen.clientPort).toBe(connection.socket.localPort)
    expect(seen.bytesUp).toBe('*1\r\n$4\r\nPING\r\n'.length)
    expect(seen.bytesDown).toBe('+PONG\r\n'.length)
    expect(await server.command('CLIENT', 'LIST')).toContain(`:${seen.upstreamPort} `)
    connection.close()
    await eventually(() => !proxy.connections.includes(seen))
  })

  it('passes on that either side has closed', async () => {
    const connection = await connectThrough()
    const { upstreamPort } = lastOf()
    await server.command('CLIENT', 'KILL', 'ADDR', `127.0.0.1:${upstreamPort}`)
    await eventually(() => connection.socket.destroyed)
    const other = await connectThrough()
    const otherPort = lastOf().upstreamPort
    other.close()
    await eventually(async () => !String(await server.command('CLIENT', 'LIST')).includes(`:${otherPort} `))
  })
})

describe('latency', () => {
  it('lengthens a round trip by what it says', async () => {
    const connection = await connectThrough()
    await proxy.setFaults({ latency: 60 })
    const took = await timed(() => connection.command('PING'))
    expect(took).toBeGreaterThanOrEqual(60)
    expect(took).toBeLessThan(160)
  })

  it('varies within its range and keeps the order of bytes', async () => {
    const connection = await connectThrough()
    await proxy.setFaults({ latency: { min: 0, max: 30, direction: 'both' } })
    const replies: Promise<unknown>[] = []
    for (let i = 0; i < 60; i++) {
      replies.push(connection.command('ECHO', i))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(await Promise.all(replies)).toEqual(Array.from({ length: 60 }, (_, i) => String(i)))
  })

  it('of one connection leaves the others alone', async () => {
    const slow = await connectThrough()
    lastOf().setFaults({ latency: 300 })
    const fast = await connectThrough()
    const slowReply = timed(() => slow.command('PING'))
    expect(await timed(() => fast.command('PING'))).toBeLessThan(150)
    expect(await slowReply).toBeGreaterThanOrEqual(300)
  })

  it('can be lifted for one connection only', async () => {
    const connection = await connectThrough()
    await proxy.setFaults({ latency: 300 })
    lastOf().setFaults({ latency: 0 })
    expect(await timed(() => connection.command('PING'))).toBeLessThan(150)
  })
})

describe('blackhole, stall and mute', () => {
  it('a blackhole swallows what is said while it lasts, and the connection stays open', async () => {
    const connection = await connectThrough()
    await proxy.setFaults({ blackhole: true })
    const lost = connection.command('PING')
    lost.catch(() => undefined)
    expect(await settledWithin(lost, 100)).toBe(false)
    expect(connection.socket.destroyed).toBe(false)
    await proxy.clearFaults()
    // The first command waits for the reply that the second one gets: the lost one is never answered.
    const second = connection.command('ECHO', 'later')
    second.catch(() => undefined)
    expect(await lost).toBe('later')
  })

  it('a blackhole on the way down lets the server execute what it never answers', async () => {
    const connection = await connectThrough()
    await proxy.setFaults({ blackhole: 'down' })
    connection.command('SET', 'one-way', 'done').catch(() => undefined)
    await eventually(async () => (await server.command('GET', 'one-way')) === 'done')
    expect(lastOf().bytesDown).toBe('+PONG\r\n'.length)
  })

  it('a blackhole for new connections leaves the open ones alone, and the other way round', async () => {
    const old = await connectThrough()
    await proxy.setFaults({ blackhole: true }, { for: 'new' })
    expect(
      await codeOf(openRawConnection({ host: proxy.host, port: proxy.port, password: 'x', timeout: 100 })),
    ).toMatch('did not answer')
    expect(await old.command('PING')).toBe('PONG')
    await proxy.clearFaults()
    await proxy.setFaults({ blackhole: true }, { for: 'existing' })
    expect(await settledWithin(old.command('PING'), 100)).toBe(false)
    expect(await (await connectThrough()).command('PING')).toBe('PONG')
  })

  it('a stall delivers late what it held', async () => {
    const connection = await connectThrough()
    await proxy.setFaults({ stall: true })
    const reply = connection.command('PING')
    expect(await settledWithin(reply, 100)).toBe(false)
    await proxy.clearFaults()
    expect(await reply).toBe('PONG')
  })

  it('mute accepts and never answers, without any connection to the server', async () => {
    await proxy.setFaults({ mute: true })
    const connection = await openRawConnection({ host: proxy.host, port: proxy.port })
    open.push(connection)
    const reply = connection.command('PING')
    reply.catch(() => undefined)
    expect(await settledWithin(reply, 100)).toBe(false)
    expect(lastOf().upstreamPort).toBeUndefined()
    expect(lastOf().bytesUp).toBeGreaterThan(0)
  })
})

describe('refuse and reset', () => {
  it('refuse gives ECONNREFUSED, keeps what is open, and reopens on the same port', async () => {
    const old = await connectThrough()
    await proxy.setFaults({ refuse: true })
    expect(await codeOf(openRawConnection({ host: proxy.host, port: proxy.port }))).toBe('ECONNREFUSED')
    expect(await old.command('PING')).toBe('PONG')
    await proxy.clearFaults()
    expect(await (await connectThrough()).command('PING')).toBe('PONG')
  })

  it('reset gives ECONNRESET at once to open connections and to new ones', async () => {
    const connection = await connectThrough()
    const reply = codeOf(connection.command('BLPOP', 'nothing', 0))
    await proxy.setFaults({ reset: true })
    expect(await reply).toBe('ECONNRESET')
    expect(await codeOf(openRawConnection({ host: proxy.host, port: proxy.port, password: 'x' }))).toBe('ECONNRESET')
  })

  it('reset after a number of bytes cuts a reply in the middle', async () => {
    await server.command('SET', 'long', 'y'.repeat(10_000))
    const socket = connect({ host: proxy.host, port: proxy.port })
    let received = 0
    socket.on('data', (chunk) => {
      received += chunk.length
    })
    await proxy.setFaults({ reset: { afterBytes: 1000 } })
    socket.write('GET long\r\n')
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve))
    expect(error.code).toBe('ECONNRESET')
    expect(received).toBe(1000)
  })

  it('reset by probability hits about that share of new connections', async () => {
    await proxy.setFaults({ reset: { probability: 0.5 } })
    let resets = 0
    for (let i = 0; i < 100; i++) {
      const code = await codeOf(connectThrough())
      if (code === 'ECONNRESET') resets++
    }
    // Beyond six standard deviations of 5.
    expect(resets).toBeGreaterThan(20)
    expect(resets).toBeLessThan(80)
  })

  it('the actions reset and end close what is open and serve what comes next', async () => {
    const first = await connectThrough()
    const reset = codeOf(first.command('BLPOP', 'nothing', 0))
    proxy.resetConnections()
    expect(await reset).toBe('ECONNRESET')
    const second = await connectThrough()
    const end = codeOf(second.command('BLPOP', 'nothing', 0))
    proxy.endConnections()
    expect(await end).toBe('The connection was closed.')
    expect(await (await connectThrough()).command('PING')).toBe('PONG')
  })

  it('a server that is away is seen as a reset, because the connection was accepted already', async () => {
    await using lonely = await startProxy({ target: { host: '127.0.0.1', port: 1 } })
    const connecting = openRawConnection({ host: lonely.host, port: lonely.port, password: 'x' })
    expect(await codeOf(connecting)).toBe('ECONNRESET')
  })
})

describe('bandwidth and slices', () => {
  it('bandwidth limits bytes per second', async () => {
    await server.command('SET', 'medium', 'z'.repeat(5000))
    const connection = await connectThrough()
    await proxy.setFaults({ bandwidth: 20_000 })
    const took = await timed(() => connection.command('GET', 'medium'))
    // 5000 bytes at 20 kB/s are 250 ms, less the first portion, which needs no wait.
    expect(took).toBeGreaterThan(200)
    expect(took).toBeLessThan(700)
  })

  it('bandwidth is a rate: a process that is late with its timers catches up', async () => {
    await server.command('SET', 'medium', 'z'.repeat(5000))
    const connection = await connectThrough()
    await proxy.setFaults({ bandwidth: 10_000 })
    const late = setInterval(() => blockEventLoop(60), 1)
    const took = await timed(() => connection.command('GET', 'medium'))
    clearInterval(late)
    // Each of 25 portions waits for a turn of the loop: 60 ms each would be 1.5 s instead of half a second.
    expect(took).toBeGreaterThan(400)
    expect(took).toBeLessThan(1200)
  })

  it('slices arrive one by one and still make a reply', async () => {
    const connection = await connectThrough()
    const sizes: number[] = []
    connection.socket.on('data', (chunk) => sizes.push(chunk.length))
    await proxy.setFaults({ slice: { bytes: 1, intervalMs: 5 } })
    const took = await timed(async () => expect(await connection.command('ECHO', 'sliced')).toBe('sliced'))
    expect(took).toBeGreaterThanOrEqual(11 * 5)
    expect(sizes.length).toBeGreaterThan(6)
  })
})

describe('garbage and half-open connections', () => {
  it('garbage is the answer to whatever the client says', async () => {
    await proxy.setFaults({ garbage: { bytes: 'HTTP/1.1 400 Bad Request\r\n\r\n', close: true } })
    const connection = await openRawConnection({ host: proxy.host, port: proxy.port })
    expect(await codeOf(connection.command('PING'))).toMatch('Not a Redis reply: "HTTP/1.1 400')
  })

  it('half-open: the client is not told that the server is gone, and talks to nobody', async () => {
    await using victim = await startRedis({ name: 'victim' })
    await using front = await startProxy({ target: victim, faults: { halfOpen: true } })
    const connection = await openRawConnection({ host: front.host, port: front.port })
    expect(await connection.command('PING')).toBe('PONG')
    await victim.kill()
    const reply = connection.command('PING')
    const code = codeOf(reply)
    expect(await settledWithin(reply, 150)).toBe(false)
    expect(connection.socket.destroyed).toBe(false)
    await front.clearFaults()
    expect(await code).toMatch(/closed|ECONNRESET/)
  })
})
