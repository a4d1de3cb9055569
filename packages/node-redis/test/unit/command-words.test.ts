import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import { describe, expect, it } from 'vitest'
import { factsOfMethod } from '../../src/generated/command-words.ts'
import { membersOf } from '../../src/generated/members.ts'

describe('what a method is, by its name', () => {
  it.each([
    ['GET', undefined, 'GET', true],
    ['HGETALL', undefined, 'HGETALL', true],
    ['ZRANGE_WITHSCORES', undefined, 'ZRANGE', true],
    ['EVAL_RO', undefined, 'EVAL_RO', true],
    ['SET', undefined, 'SET', false],
    // It depends on their arguments, which are not at hand in the server's form.
    ['SORT', undefined, 'SORT', false],
    ['GETEX', undefined, 'GETEX', false],
    ['SORT_STORE', undefined, 'SORT', false],
    ['GET', 'json', 'JSON.GET', true],
    ['SET', 'json', 'JSON.SET', false],
    ['ownFunction', 'library', 'LIBRARY.ownFunction', false],
    ['ownScript', undefined, 'ownScript', false],
  ] as const)('%s of %s is %s, read-only: %s', (method, namespace, name, readOnly) => {
    expect(factsOfMethod(method, namespace)).toMatchObject({
      name: expect.stringMatching(new RegExp(name, 'i')),
      readOnly,
    })
  })

  it('tells what blocks, what is about the connection, and what a Cluster client takes apart', () => {
    expect(factsOfMethod('BLPOP', undefined).mayBlock).toBe(true)
    expect(factsOfMethod('CLIENT_SETNAME', undefined).isConnectionState).toBe(true)
    expect(factsOfMethod('AUTH', undefined).isConnectionState).toBe(true)
    expect(factsOfMethod('MSET', undefined).mayBeDoneInPart).toBe(true)
    expect(factsOfMethod('FLUSHALL', undefined).mayBeDoneInPart).toBe(true)
    expect(factsOfMethod('INCR', undefined).mayBeDoneInPart).toBe(false)
    expect(factsOfMethod('MGET', undefined).mayBeDoneInPart).toBe(false)
  })
})

describe('the members of a client', () => {
  const clients = {
    client: createClient(),
    pool: createClientPool(),
    cluster: createCluster({ rootNodes: [] }),
    sentinel: createSentinel({ name: 'm', sentinelRootNodes: [] }),
  }

  it.each(Object.entries(clients))('of a %s are its commands, its twins and its modules', (_kind, client) => {
    const { methods, namespaces, getters } = membersOf(client)
    expect(methods.get('hGetAll')).toBe('HGETALL')
    expect(methods.get('configGet')).toBe('CONFIG_GET')
    expect(methods.get('multi')).toBe('MULTI')
    expect([...namespaces.keys()]).toEqual(expect.arrayContaining(['json', 'ft', 'ts', 'bf']))
    expect(namespaces.get('json')?.get('get')).toBe('GET')
    expect(getters).toContain('isOpen')
    expect([...methods.keys()].filter((name) => name.startsWith('_'))).toEqual([])
  })
})
