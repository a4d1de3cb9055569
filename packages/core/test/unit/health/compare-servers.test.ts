import { describe, expect, it } from 'vitest'
import {
  areRelated,
  type ComparedServer,
  findStalePrimaries,
  primariesOf,
} from '../../../src/health/compare-servers.ts'
import { type KnownServer, rememberServer } from '../../../src/health/known-server.ts'
import { parseIdentity, type ServerIdentity } from '../../../src/health/server-identity.ts'
import { id, master, replica } from './servers.ts'

/** Each server with what it said, one after another. */
const known = (said: Record<string, readonly ServerIdentity[]>): ComparedServer[] =>
  Object.entries(said).map(([endpointId, identities]) => {
    const server = identities.reduce<KnownServer | undefined>((so, now) => rememberServer(so, now, 0), undefined)
    return { endpointId, server: server! }
  })

const stale = (said: Record<string, readonly ServerIdentity[]>, expectsOne = true): Record<string, unknown> =>
  Object.fromEntries(
    [...findStalePrimaries(known(said), expectsOne)].map(([at, found]) => [at, found.map((f) => f.promotedId)]),
  )

describe('findStalePrimaries', () => {
  it.each<[string, Record<string, readonly ServerIdentity[]>, Record<string, readonly string[]>]>([
    ['two independent masters', { a: [master('a')], b: [master('b')] }, {}],
    ['a master and its replica', { a: [master('a')], b: [replica('a')] }, {}],
    ['a replica promoted in our sight', { a: [master('a')], b: [replica('a'), master('b', 'a')] }, { a: ['b'] }],
    ['a replica promoted before we looked', { a: [master('a')], b: [master('b', 'a')] }, { a: ['b'] }],
    ['a promoted replica whose old master follows it', { a: [replica('b')], b: [master('b', 'a')] }, {}],
    [
      'an old master that restarted and has forgotten its id',
      { a: [master('a'), master('c')], b: [master('b', 'a')] },
      { a: ['b'] },
    ],
    [
      'an old master that restarted from its own file',
      { a: [master('a'), master('c', 'a')], b: [master('b', 'a')] },
      { a: ['b'] },
    ],
    [
      'a promoted one that has forgotten whom it followed',
      { a: [master('a')], b: [master('b', 'a'), master('c')] },
      { a: ['b'] },
    ],
    [
      'an old master that came back as a replica, and was promoted in its turn',
      { a: [master('a'), replica('b'), master('c', 'b')], b: [master('b', 'a')] },
      { b: ['a'] },
    ],
    [
      'the same, too quickly for us to see it follow',
      { a: [master('a'), master('c', 'b')], b: [master('b', 'a')] },
      { b: ['a'] },
    ],
    ['the promoted one made a replica of somebody', { a: [master('a')], b: [master('b', 'a'), replica('z')] }, {}],
    ['two promoted replicas', { a: [master('a')], b: [master('b', 'a')], c: [master('c', 'a')] }, { a: ['b', 'c'] }],
    ['two promoted replicas without their master', { b: [master('b', 'a')], c: [master('c', 'a')] }, {}],
    [
      'two addresses of one server',
      {
        a: [master('a', undefined, 0, { runId: 'one' })],
        b: [replica('a', { runId: 'one' }), master('b', 'a', 0, { runId: 'one' })],
      },
      {},
    ],
    ['servers that tell nothing', { a: [parseIdentity('role:master')], b: [parseIdentity('')] }, {}],
  ])('%s', (_what, said, expected) => {
    expect(stale(said)).toEqual(expected)
  })

  it('believes what it has not seen only where one primary is expected', () => {
    const copied = { a: [master('a')], b: [master('b', 'a')] }
    const witnessed = { a: [master('a')], b: [replica('a'), master('b', 'a')] }
    const otherwise = { a: [master('a')], b: [replica('z'), master('b', 'a')] }
    expect([stale(copied, true), stale(copied, false)]).toEqual([{ a: ['b'] }, {}])
    expect([stale(witnessed, false), stale(otherwise, false)]).toEqual([{ a: ['b'] }, {}])
  })

  it('goes on believing what it has seen, when the promoted one has forgotten whom it followed', () => {
    expect(stale({ a: [master('a')], b: [replica('a'), master('b', 'a'), master('c')] }, false)).toEqual({ a: ['b'] })
  })

  it.each([
    ['what was written after the promotion', [master('a', undefined, 0, { offset: 150 })], 50],
    ['nothing, where nothing was', [master('a', undefined, 0, { offset: 100 })], 0],
    ['never less than nothing', [master('a', undefined, 0, { offset: 90 })], 0],
    ['also after a restart that kept the stream', [master('a'), master('c', 'a', 0, { offset: 120 })], 20],
    ['unknown after a restart that did not', [master('a'), master('c', undefined, 0, { offset: 0 })], undefined],
  ])('counts %s', (_what, said, expected) => {
    const found = findStalePrimaries(known({ a: said, b: [master('b', 'a', 100)] }), true).get('a')
    expect(found?.[0]?.divergenceBytes).toBe(expected)
  })
})

describe('areRelated', () => {
  it.each<[string, boolean, Record<string, readonly ServerIdentity[]>]>([
    ['two independent masters', false, { a: [master('a')], b: [master('b')] }],
    ['a master and its replica', true, { a: [master('a')], b: [replica('a')] }],
    ['replicas of one master elsewhere', true, { a: [replica('z')], b: [replica('z')] }],
    ['two that were promoted from one master', true, { b: [master('b', 'a')], c: [master('c', 'a')] }],
    ['a replica of a server elsewhere', false, { a: [master('a')], b: [replica('z')] }],
    ['servers that tell nothing', false, { a: [parseIdentity('')], b: [parseIdentity('')] }],
    [
      'two addresses of one server',
      false,
      { a: [master('a', undefined, 0, { runId: '1' })], b: [master('a', undefined, 0, { runId: '1' })] },
    ],
  ])('%s: %s', (_what, expected, said) => {
    expect(areRelated(known(said))).toBe(expected)
  })
})

describe('primariesOf', () => {
  it('has each primary server once, and none that is stale', () => {
    const servers = known({
      old: [master('a')],
      promoted: [master('b', 'a')],
      replica: [replica('b')],
      alone: [master('c', undefined, 0, { runId: 'one' })],
      again: [master('c', undefined, 0, { runId: 'one' })],
    })
    expect(primariesOf(servers, findStalePrimaries(servers, true))).toEqual(['promoted', 'alone'])
  })
})

describe('parseIdentity', () => {
  it('reads what a server says', () => {
    const info = [
      '# Server',
      `run_id:${id('f')}`,
      'role:slave',
      `master_replid:${id('a')}`,
      `master_replid2:${id('b')}`,
      'master_repl_offset:78',
      'second_repl_offset:51',
    ]
    expect(parseIdentity(info.join('\r\n'))).toEqual({
      runId: id('f'),
      role: 'replica',
      replid: id('a'),
      formerReplid: id('b'),
      offset: 78,
      formerOffset: 50,
    })
  })

  it('takes no id for one that is none', () => {
    const told = parseIdentity(`role:sentinel\r\nmaster_replid:?\r\nmaster_replid2:${id('0')}\r\nsecond_repl_offset:-1`)
    expect(told).toEqual({
      runId: undefined,
      role: undefined,
      replid: undefined,
      formerReplid: undefined,
      offset: undefined,
      formerOffset: undefined,
    })
  })
})
