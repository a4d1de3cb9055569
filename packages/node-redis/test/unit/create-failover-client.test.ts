import { BasicClientSideCache, createClient } from 'redis'
import { describe, expect, test, vi } from 'vitest'
import { createFailoverClient, type NodeRedisOptions } from '../../src/index.ts'

const endpoints = [{ id: 'east', options: { url: 'redis://east:6379' } }]
const failure = (options: object) => () => createFailoverClient({ create: createClient, endpoints, ...options })

describe('createFailoverClient', () => {
  test.each([
    ['an option that does not exist', { endpoint: [] }, 'endpoint is'],
    ['no factory', { create: undefined }, 'create is undefined'],
    ['a URL for all endpoints', { clientOptions: { url: 'redis://:secret@east' } }, 'clientOptions.url'],
    [
      'a cache for all endpoints',
      { clientOptions: { clientSideCache: new BasicClientSideCache() } },
      'clientSideCache',
    ],
    ['options of no object', { clientOptions: 5 }, 'clientOptions is'],
    ['options of the group that make no sense', { selectionTimeout: -1 }, 'selectionTimeout is -1'],
  ])('refuses %s', (_what, options, message) => {
    expect(failure(options)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION', message: expect.stringContaining(message) }),
    )
  })

  test('refuses a factory that gives all its clients one cache', () => {
    const clientSideCache = new BasicClientSideCache()
    const create = (options: NodeRedisOptions) => createClient({ ...options, RESP: 3, clientSideCache })
    expect(failure({ create })).toThrow('would answer for the wrong endpoint')
  })

  test.each([
    ['no client', {}],
    ['a client of another version', { _self: undefined, on: () => {} }],
    ['a client whose inside has changed', { ...createClientLike(), sendCommand: (_one: unknown) => {} }],
  ])('refuses %s, and names the versions that it knows', (_what, client) => {
    expect(failure({ create: () => client })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('>=5.8.0 <7') }),
    )
  })

  test('makes one client and touches nothing else, until it is connected', async () => {
    const create = vi.fn((options: NodeRedisOptions) => createClient(options))
    const clientOptions = Object.freeze({ username: 'app', socket: Object.freeze({ connectTimeout: 5 }) })
    const { client, group } = createFailoverClient({ create, endpoints, clientOptions })
    expect(create).toHaveBeenCalledTimes(1)
    expect([client.isOpen, client.isReady, group.lifecycle]).toEqual([false, false, 'idle'])
    await expect(client.get('key')).rejects.toThrow('The client is closed')
    await expect(client.multi().get('key').exec()).rejects.toThrow('The client is closed')
    await client.close()
    expect(group.lifecycle).toBe('closed')
  })
})

function createClientLike(): object {
  const self = { _self: {} as object, sendCommand: (_one: unknown) => {} }
  self._self = self
  return self
}
