import { describe, expect, test } from 'vitest'
import { connectionOptions } from '../../src/options/connection-options.ts'
import { endpointAddress } from '../../src/options/endpoint-address.ts'
import { mergeOptions } from '../../src/options/merge-options.ts'
import type { NodeRedisOptions } from '../../src/options/node-redis-options.ts'

type Asynchronous = Extract<
  NonNullable<NodeRedisOptions['credentialsProvider']>,
  { type: 'async-credentials-provider' }
>

const signal = new AbortController().signal

describe('options of an endpoint', () => {
  test('win over those of all endpoints, and their sockets are merged', () => {
    const shared: NodeRedisOptions = { username: 'app', password: 'shared', socket: { tls: true, ca: 'PEM' } }
    const merged = mergeOptions(shared, { password: 'own', socket: { host: 'east', port: 1, tls: true } })
    expect(merged).toEqual({
      username: 'app',
      password: 'own',
      socket: { tls: true, ca: 'PEM', host: 'east', port: 1 },
    })
    expect(shared).toEqual({ username: 'app', password: 'shared', socket: { tls: true, ca: 'PEM' } })
  })

  test.each([
    ['http://east:80', {}],
    ['secret-and-no-url', {}],
    ['redis://:secret@east/db', {}],
    ['unix://:secret@/', {}],
    ['redis://:secret@east', { tls: true as const }],
  ])('are refused without showing a password: %s', (url, socket) => {
    const merge = () => mergeOptions({ socket }, { url })
    expect(merge).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION', message: expect.not.stringContaining('secret') }),
    )
  })

  test('become those of a connection that does nothing by itself, and are left as they are', () => {
    const options = Object.freeze({
      password: 'x',
      pingInterval: 1000,
      commandsQueueMaxLength: 5,
      commandOptions: Object.freeze({ timeout: 100, asap: true }),
      socket: Object.freeze({ host: 'east', port: 1, socketTimeout: 1000, reconnectStrategy: () => 5 }),
    })
    expect(connectionOptions(options, 1250, signal)).toEqual({
      credentialsProvider: { type: 'async-credentials-provider', credentials: expect.any(Function) },
      pingInterval: undefined,
      commandsQueueMaxLength: undefined,
      maintNotifications: 'disabled',
      disableOfflineQueue: true,
      commandOptions: { timeout: undefined, asap: true },
      socket: {
        host: 'east',
        port: 1,
        socketTimeout: undefined,
        reconnectStrategy: false,
        connectTimeout: 1250,
        signal,
      },
    })
  })

  const credentialsIn = (options: NodeRedisOptions) =>
    (connectionOptions(options, 1250, signal).credentialsProvider as Asynchronous | undefined)?.credentials()

  test('take user, password and database out of a URL, which wins', async () => {
    const options = { url: 'redis://us%20er:pass%2Fword@[::1]:7000/3', username: 'other', database: 1 }
    expect(connectionOptions(options, 1250, signal)).toMatchObject({
      database: 3,
      socket: { host: '::1', port: 7000, tls: false },
    })
    expect(await credentialsIn(options)).toEqual({ username: 'us er', password: 'pass/word' })
    expect(await credentialsIn({ ...options, url: 'redis://east' })).toEqual({ username: 'other' })
    expect(await credentialsIn({ url: 'unix://user:secret@/run/redis.sock?db=2' })).toEqual({
      username: 'user',
      password: 'secret',
    })
    const provider = { type: 'async-credentials-provider', credentials: async () => ({ password: 'rotated' }) } as const
    expect(await credentialsIn({ url: 'redis://east', credentialsProvider: provider })).toEqual({ password: 'rotated' })
  })

  test('look the same to the class cache of node-redis, whatever the endpoint', () => {
    const jsonOf = (options: NodeRedisOptions) => JSON.stringify(connectionOptions(options, 1250, signal))
    const plain = jsonOf({ socket: { host: 'east' } })
    expect(jsonOf({ url: 'rediss://user:secret@west:7000' })).toBe(plain)
    expect(jsonOf({ username: 'user', password: 'secret', socket: { path: '/run/redis.sock', tls: false } })).toBe(
      plain,
    )
    expect(plain).not.toContain('east')
  })

  test.each([
    [{}, 'localhost:6379'],
    [{ url: 'redis://user:secret@east' }, 'east:6379'],
    [{ url: 'rediss://east:7000/3' }, 'east:7000'],
    [{ url: 'unix://user:secret@/run/redis.sock?db=2' }, '/run/redis.sock'],
    [{ socket: { path: '/run/redis.sock', tls: false } }, '/run/redis.sock'],
    [{ socket: { host: 'east', port: 7000 } }, 'east:7000'],
  ] as [NodeRedisOptions, string][])('have an address for messages: %o is %s', (options, address) => {
    expect(endpointAddress(options)).toBe(address)
  })
})
