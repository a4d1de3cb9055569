import { describe, expect, test } from 'vitest'
import { runExample } from './run-example.ts'

/** What an example told, without the addresses of its servers. */
const told = async (name: string, ...args: string[]): Promise<string[]> =>
  (await runExample(name, ...args))
    .trim()
    .split('\n')
    .filter((line) => !line.includes(' runs at '))

describe('bullmq', () => {
  test.each(['crash', 'hang', 'maintenance'])(
    'every acknowledged job is done, and only once as far as BullMQ promises: %s',
    async (loss) => {
      const lines = await told('bullmq', loss)
      const promoted = loss === 'maintenance' ? [] : ['the operator promotes west']
      expect(lines).toEqual([
        `100 jobs were added; then east is lost: ${loss}`,
        ...promoted,
        // The promoted replica may be seen before the hang is certain: then what is left is a stale primary.
        expect.stringMatching(/^failover: east -> west \((down|stale-primary)\)$/),
        expect.stringMatching(/^200 jobs were acknowledged; \d+ of them did not reach west before$/),
        expect.stringMatching(/^200 jobs ran, \d+ of them twice, 0 without BullMQ's own reasons$/),
        'jobs on west: {"completed":200,"failed":0,"active":0,"wait":0}',
        'who waits for a job is told its result: sent by west',
        'errors told on closing: 0',
      ])
    },
  )
})

test('express-session: a session outlives its primary, and without any Redis the visitor is told so', async () => {
  expect(await told('express-session')).toEqual([
    'the operator promotes west',
    expect.stringMatching(/^failover: east -> west \((down|stale-primary)\)$/),
    expect.stringMatching(/^answers by status: \{"200":60\}; the session counts (59|60) visits$/),
    'west is killed, too',
    'without any Redis: 503 Please come back in a moment.',
    'west comes back, empty',
    'a new session begins: 1',
  ])
})

test('rate-limiter: limits hold on each endpoint, and in memory while there is none, with both clients', async () => {
  const onBoth = (when: string): string[] => [
    `${when}, ioredis: 5 of 10 calls allowed`,
    `${when}, node-redis: 5 of 10 calls allowed`,
  ]
  const lines = await told('rate-limiter')
  expect(lines.filter((line) => !line.startsWith('failover'))).toEqual([
    ...onBoth('on east'),
    'east is killed',
    ...onBoth('on west, which counts from the start'),
    'west is killed, too',
    ...onBoth('in memory'),
    'west comes back, empty',
    ...onBoth('on west'),
  ])
  expect(lines).toContain('failover: east -> west (down)')
})

test('cache: Keyv answers from the endpoint in use, and misses while there is none', async () => {
  const all = '20 products read, 20 of them from the source'
  const none = '20 products read, 0 of them from the source'
  const lines = await told('cache')
  expect(lines.filter((line) => !line.startsWith('failover'))).toEqual([
    `at first: ${all}`,
    `again: ${none}`,
    'east is killed',
    `on west: ${all}`,
    `again: ${none}`,
    'west is killed, too',
    `without any Redis: ${all}`,
    'west comes back, empty',
    'on west: 20 products read, 19 of them from the source',
    `again: ${none}`,
    'cleared: product 0, from the source; every failure was a miss',
  ])
  expect(lines).toContain('failover: east -> west (down)')
})

test('lock: no two holders on one endpoint, and the one whose lock is gone is told', async () => {
  const lines = await told('lock')
  expect(lines).toEqual([
    'east is killed while three workers take turns',
    'failover: east -> west (down)',
    expect.stringMatching(/^turns: [1-9]\d* on east, [1-9]\d* on west$/),
    expect.stringMatching(/^two holders on one endpoint: 0; commands without a reply: \d$/),
    'a second holder on west: false',
    'west is killed',
    'failover: west -> south (down)',
    'a second holder on south, which never heard of the lock: true',
    'the first holder was told at its next renewal',
  ])
})

test('socket-io: broadcasts cross the servers, are missed in the gap that is told only, and no PUBLISH ends a process', async () => {
  const lines = await told('socket-io')
  expect(lines).toEqual([
    'on east: the browsers heard two broadcasts 1, 1, 1, 1 times',
    'both servers broadcast all the time; east hangs, and is killed',
    'on west: the browsers heard two broadcasts 1, 1, 1, 1 times',
    expect.stringMatching(/^PUBLISHes that rejected: [1-9]\d*, with .*AMBIGUOUS_RESULT/),
    expect.stringMatching(/^broadcasts that a browser missed: [1-9]\d* of \d{2,}$/),
    'missed outside the gaps that were told: 0',
    'heard twice: 0',
    'the browsers were told 1, 1 times to load everything again',
    'west is killed, too',
    'without any Redis, a broadcast stays on its server: heard 1, 0, 0, 1 times',
    'what the adapters do not look at: NO_ENDPOINT_AVAILABLE, NO_ENDPOINT_AVAILABLE',
    'west comes back',
    'on west: the browsers heard two broadcasts 1, 1, 1, 1 times',
    'rejected on closing: 0',
  ])
})
