import { expect, test } from 'vitest'
import { checkHistory, type ServerContent, type Write, type WriteOutcome } from '../../src/history/index.ts'

const acknowledged = (endpoint: string, value?: number): WriteOutcome => ({
  state: 'acknowledged',
  endpoint,
  ...(value !== undefined && { value }),
})
const ambiguous: WriteOutcome = { state: 'ambiguous' }
const refused: WriteOutcome = { state: 'refused', error: 'Error: nobody there' }
const push = (id: string, outcome: WriteOutcome): Write => ({ id, kind: 'push', outcome })
const transaction = (id: string, outcome: WriteOutcome): Write => ({ id, kind: 'transaction', outcome })
const increment = (id: string, outcome: WriteOutcome): Write => ({ id, kind: 'increment', outcome })

const server = (
  endpoint: string,
  content: { pushed?: string[]; counts?: Record<string, number>; increments?: number } = {},
): ServerContent => ({
  endpoint,
  pushed: content.pushed ?? [],
  counts: new Map(Object.entries(content.counts ?? {})),
  increments: content.increments ?? 0,
})

const kindsOf = (writes: Write[], servers: ServerContent[]): string[] =>
  checkHistory(writes, servers).map(({ kind, id }) => `${kind} ${id}`)

test('a history in which all is as it was said has no fault', () => {
  const writes = [
    push('a', acknowledged('east')),
    transaction('b', acknowledged('west')),
    push('executed', ambiguous),
    push('not-executed', ambiguous),
    transaction('c', refused),
    increment('d', acknowledged('east', 1)),
    increment('e', acknowledged('west', 2)),
    increment('f', ambiguous),
  ]
  const servers = [
    server('east', { pushed: ['a', 'executed'], increments: 1 }),
    server('west', { pushed: ['b'], counts: { b: 1 }, increments: 2 }),
  ]
  expect(checkHistory(writes, servers)).toEqual([])
})

test.each<[string, Write[], ServerContent[], string[]]>([
  [
    'an id twice on one server',
    [push('a', acknowledged('east'))],
    [server('east', { pushed: ['a', 'a'] })],
    ['repeated a'],
  ],
  [
    'an id on two servers',
    [push('a', acknowledged('west'))],
    [server('east', { pushed: ['a'] }), server('west', { pushed: ['a'] })],
    ['repeated a'],
  ],
  [
    'an ambiguous write that was repeated',
    [push('a', ambiguous)],
    [server('east', { pushed: ['a'] }), server('west', { pushed: ['a'] })],
    ['repeated a'],
  ],
  [
    'an acknowledged write on another endpoint than the one that acknowledged it',
    [push('a', acknowledged('east'))],
    [server('east'), server('west', { pushed: ['a'] })],
    ['lost a'],
  ],
  ['an acknowledged write that is nowhere', [push('a', acknowledged('east'))], [server('east')], ['lost a']],
  ['an endpoint that nobody knows', [push('a', acknowledged('?'))], [server('east', { pushed: ['a'] })], ['lost a']],
  ['a refused write that executed', [push('a', refused)], [server('east', { pushed: ['a'] })], ['denied a']],
  ['a write that never settled', [push('a', { state: 'open' })], [server('east')], ['unsettled a']],
  ['an increment that never settled', [increment('a', { state: 'open' })], [server('east')], ['unsettled a']],
  ['half of a transaction', [transaction('a', acknowledged('east'))], [server('east', { pushed: ['a'] })], ['torn a']],
  [
    'a transaction split over two servers',
    [transaction('a', acknowledged('east'))],
    [server('east', { pushed: ['a'] }), server('west', { counts: { a: 1 } })],
    ['torn a'],
  ],
  [
    'a transaction twice',
    [transaction('a', acknowledged('east'))],
    [server('east', { pushed: ['a', 'a'], counts: { a: 2 } })],
    ['repeated a'],
  ],
  ['an id that nobody issued', [], [server('east', { pushed: ['ghost'] })], ['invented ghost']],
  [
    'more increments than were acknowledged or ambiguous',
    [increment('a', acknowledged('east', 1)), increment('b', ambiguous), increment('c', refused)],
    [server('east', { increments: 2 }), server('west', { increments: 1 })],
    ['repeated counter'],
  ],
  [
    'an increment beyond where the counter stands',
    [increment('a', acknowledged('east', 2)), increment('b', ambiguous)],
    [server('east', { increments: 1 })],
    ['lost a'],
  ],
  [
    'two increments with one position',
    [increment('a', acknowledged('east', 1)), increment('b', acknowledged('east', 1))],
    [server('east', { increments: 2 })],
    ['lost b'],
  ],
  [
    'an increment without a position',
    [increment('a', acknowledged('east'))],
    [server('east', { increments: 1 })],
    ['lost a'],
  ],
])('finds %s', (_what, writes, servers, expected) => {
  expect(kindsOf(writes, servers)).toEqual(expected)
})

test('says where a fault was found, and what the caller was told', () => {
  const [fault] = checkHistory([push('a', refused)], [server('east', { pushed: ['a'] })])
  expect(fault?.text).toBe('a: push executed (east: 1 and 0 times), but was rejected with: Error: nobody there')
})
