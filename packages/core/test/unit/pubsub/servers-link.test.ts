import { describe, expect, it } from 'vitest'
import {
  type AdapterConnection,
  type ServerDirectory,
  ServersLink,
  type SubscriberHandlers,
  type SubscriberLink,
} from '../../../src/index.ts'
import { ServerAwayError } from '../../../src/pubsub/server-away-error.ts'

/** One connection to a server that does as it is told. */
class Server {
  readonly log: string[] = []
  alive = true
  hangs = false
  bytes = 0
  refusal: Error | undefined
  held = true
  handlers!: SubscriberHandlers

  connection(): AdapterConnection<unknown> {
    const link: SubscriberLink = {
      subscribe: (kind, names) => this.#answer(`+${kind} ${names.join()}`),
      unsubscribe: (kind, names) => this.#answer(`-${kind} ${names.join()}`),
      ping: () => (this.hangs ? new Promise(() => {}) : this.#answer('ping')),
    }
    return {
      client: undefined,
      connect: () => Promise.resolve(),
      command: () => Promise.reject(new Error('not used')),
      destroy: () => {
        this.alive = false
      },
      isUsable: () => this.alive,
      bytesRead: () => this.bytes,
      ref: () => {
        this.held = true
      },
      unref: () => {
        this.held = false
      },
      subscriber: (handlers) => {
        this.handlers = handlers
        return link
      },
    }
  }

  #answer(what: string): Promise<unknown> {
    this.log.push(what)
    return this.refusal === undefined ? Promise.resolve() : Promise.reject(this.refusal)
  }
}

/** Shard channels belong to the server that they are named after. */
const setUp = () => {
  const opened = new Map<string, Server>()
  const lost = new Map<string, (error: unknown) => void>()
  const members = new Set(['one', 'two'])
  const owners = new Map<string, string>()
  const ended: string[] = []
  const received: string[] = []
  let refreshes = 0
  const unreachable = new Set<string>()
  const refusals = new Map<string, Error>()
  const directory: ServerDirectory = {
    locate: (channel) => (channel === undefined ? [...members][0] : owners.get(String(channel))),
    has: (server) => members.has(server),
    refresh: () => {
      refreshes++
      return Promise.resolve()
    },
    open: (name, onLost) => {
      if (unreachable.has(name)) return Promise.reject(new Error('refused'))
      const server = new Server()
      server.refusal = refusals.get(name)
      opened.set(name, server)
      lost.set(name, onLost)
      return Promise.resolve(server.connection())
    },
  }
  const link = new ServersLink(directory, {
    onMessage: (_kind, message, channel) => received.push(`${channel} ${message}`),
    onEnded: (kind, name) => ended.push(`${kind} ${name}`),
  })
  const server = (name: string): Server => opened.get(name) as Server
  return { link, server, lost, members, owners, ended, received, unreachable, refusals, refreshes: () => refreshes }
}

describe('subscriptions at several servers', () => {
  it('share one connection for channels and patterns, and have one per server for shard channels', async () => {
    const { link, server, owners } = setUp()
    owners.set('s1', 'one').set('s2', 'two')
    await link.subscribe('channel', ['a', 'b'])
    await link.subscribe('pattern', ['p*'])
    await link.subscribe('shardChannel', ['s1'])
    await link.subscribe('shardChannel', ['s2'])
    expect(server('one').log).toEqual(['+channel a,b', '+pattern p*', '+shardChannel s1'])
    expect(server('two').log).toEqual(['+shardChannel s2'])
  })

  it('end a connection with the last subscription that it carries', async () => {
    const { link, server, owners } = setUp()
    owners.set('s2', 'two')
    await link.subscribe('channel', ['a'])
    await link.subscribe('shardChannel', ['s2'])
    await link.unsubscribe('shardChannel', ['s2'])
    expect([server('one').alive, server('two').alive]).toEqual([true, false])
  })

  it('are written in the order of the calls, also while the connection is being opened', async () => {
    const { link, server } = setUp()
    const calls = [
      link.subscribe('channel', ['a', 'b']),
      link.unsubscribe('channel', ['a']),
      link.subscribe('channel', ['a']),
    ]
    await Promise.all(calls)
    expect(server('one').log).toEqual(['+channel a,b', '-channel a', '+channel a'])
  })

  it('are ended by the loss of their server alone, which is told once', async () => {
    const { link, server, owners, lost, ended } = setUp()
    owners.set('s2', 'two')
    await link.subscribe('channel', ['a'])
    await link.subscribe('shardChannel', ['s2'])
    lost.get('one')?.(new Error('gone'))
    lost.get('one')?.(new Error('gone'))
    expect(ended).toEqual(['channel a'])
    expect(server('two').alive).toBe(true)
  })

  it('deliver nothing from a connection that was given up', async () => {
    const { link, server, received, lost } = setUp()
    await link.subscribe('channel', ['a'])
    const { handlers } = server('one')
    handlers.onMessage('channel', Buffer.from('1'), Buffer.from('a'), undefined)
    lost.get('one')?.(new Error('gone'))
    handlers.onMessage('channel', Buffer.from('2'), Buffer.from('a'), undefined)
    expect(received).toEqual(['a 1'])
  })

  it('reject as being for later while their server cannot be reached, or nobody serves them', async () => {
    const { link, owners, unreachable, refreshes } = setUp()
    owners.set('s2', 'two')
    unreachable.add('two')
    await expect(link.subscribe('shardChannel', ['s2'])).rejects.toThrow(ServerAwayError)
    await expect(link.subscribe('shardChannel', ['nobody'])).rejects.toThrow(ServerAwayError)
    expect(refreshes()).toBe(2)
    unreachable.clear()
    await link.subscribe('shardChannel', ['s2'])
  })

  it('follow MOVED after a look at who serves what, and hand on every other error', async () => {
    const { link, server, owners, refusals } = setUp()
    owners.set('s', 'one')
    refusals.set('one', new Error('MOVED 1 two'))
    const before = link.subscribe('shardChannel', ['s'])
    owners.set('s', 'two')
    await before
    expect([server('one').log, server('two').log]).toEqual([['+shardChannel s'], ['+shardChannel s']])
    server('two').refusal = new Error('NOPERM')
    await expect(link.subscribe('shardChannel', ['s'])).rejects.toThrow('NOPERM')
  })

  it('give up the server alone that does not answer, and not one whose bytes still come', async () => {
    const { link, server, owners, ended } = setUp()
    owners.set('s2', 'two')
    await link.subscribe('channel', ['a'])
    await link.subscribe('shardChannel', ['s2'])
    server('one').hangs = true
    void link.ping()
    // So that the other one has answered.
    await new Promise(setImmediate)
    server('one').bytes += 100
    link.dropSilent()
    expect(ended).toEqual([])
    link.dropSilent()
    expect(ended).toEqual(['channel a'])
    expect(server('two').alive).toBe(true)
  })

  it('leave a server that has left the endpoint', async () => {
    const { link, server, members, ended } = setUp()
    await link.subscribe('channel', ['a'])
    members.delete('one')
    await link.ping()
    expect([ended, server('one').alive]).toEqual([['channel a'], false])
    await link.subscribe('channel', ['a'])
    expect(server('two').log).toEqual(['+channel a'])
  })

  it('hold the process or not, those that come later too, and end with the endpoint', async () => {
    const { link, server, owners } = setUp()
    owners.set('s2', 'two')
    await link.subscribe('channel', ['a'])
    link.hold(false)
    await link.subscribe('shardChannel', ['s2'])
    expect([server('one').held, server('two').held]).toEqual([false, false])
    link.hold(true)
    expect([server('one').held, server('two').held]).toEqual([true, true])
    link.destroy()
    expect([server('one').alive, server('two').alive]).toEqual([false, false])
    await expect(link.subscribe('channel', ['b'])).rejects.toThrow(ServerAwayError)
  })
})
