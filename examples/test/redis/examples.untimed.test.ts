import { ensureProgram, mariadbServerSource } from '@redis-endpoint-failover/test-infra'
import { describe, expect, test } from 'vitest'
import { runExample, runFile } from './run-example.ts'

const linesOf = (output: string): string[] => output.trim().split('\n')

test('the runner lists every example with what it shows', async () => {
  const listed = linesOf(await runFile('src/run.ts')).slice(1)
  expect(listed).toHaveLength(13)
  for (const line of listed) expect(line).toMatch(/^ {2}[a-z-]+ +[A-Z].{20,}[.]$/)
})

describe.each(['node-redis-basic', 'ioredis-basic'])('%s', (name) => {
  test('every read is answered although the server in use is killed', async () => {
    const output = await runExample(name)
    expect(output).toContain('\ngreeting: hello\n')
    const [, detectedIn] = /failover: east -> west \(down\), detected in (\d+) ms/.exec(output) ?? []
    expect(Number(detectedIn)).toBeLessThan(250)
    const [, byEast, byWest] = /100 reads: (\d+) by east, (\d+) by west, 0 failed/.exec(output) ?? []
    expect([Number(byEast), Number(byWest)]).toSatisfy(([e, w]) => e + w === 100 && e >= 49 && w >= 50)
  })
})

test('custom-strategy: the tag counts before the weight', async () => {
  const output = await runExample('custom-strategy')
  expect(linesOf(output).slice(3)).toEqual([
    'the first choice is east',
    'without east it is south, although west has more weight',
    'without all of acme it is west',
  ])
})

test('custom-health-check: a server that turns into a replica is left, and its data is found again', async () => {
  const output = await runExample('custom-health-check')
  expect(linesOf(output).slice(2)).toEqual([
    'visits: 1',
    expect.stringMatching(/^"west" is down\. .*its role is slave\. It is not eligible for commands\.$/),
    'the two swap their roles',
    // Two checks find it out, and either may be the first.
    expect.stringMatching(/^failover: east -> west \((down|not-writable)\)$/),
    expect.stringMatching(/^"east" is down\. .*its role is slave\. It is not eligible for commands\.$/),
    'visits: 2',
  ])
})

test('subscriptions: messages go on from the other server, the gap is told, and what was missed is read again', async () => {
  const output = await runExample('subscriptions')
  expect(linesOf(output).slice(2)).toEqual([
    'message: 10',
    'east is killed, and west is told a new price',
    expect.stringMatching(/^1 channel moved: east -> west; the last \d+ ms may be missing$/),
    'read again: 11',
    'message: 12',
  ])
})

test('listening-to-events: everything that happened is told, in order', async () => {
  const output = await runExample('listening-to-events')
  const told = linesOf(output).filter((line) => line.startsWith('#'))
  const numbers = told.map((line) => Number(/^#(\d+)/.exec(line)?.[1]))
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b))

  const steps = told.map((line) => line.replace(/^#\d+ /, '').replace(/[\d.]+ s of/, 'N s of'))
  expect(steps).toEqual(
    expect.arrayContaining([
      'activated: east (start)',
      'failover: east -> west (down)',
      expect.stringMatching(/^health-changed: east \w+ -> down \([\w-]+\)$/),
      expect.stringMatching(/^health-changed: east down -> up \([\w-]+\)$/),
    ]),
  )
  expect(steps.at(-1)).toBe('failback: west -> east after N s of grace')
  expect(output).toMatch(/^east was left for west after \d+ ms; commands in flight: \d+$/m)
  expect(output).toMatch(/^explained: "east" is down\. DOWN: .+ It is not eligible for commands\.$/m)
  expect(output).toMatch(/^snapshot: east is up, active, round trip [\d.]+ ms$/m)
  expect(output).toMatch(/^snapshot: west is up, round trip [\d.]+ ms$/m)
})

test('redis-then-mariadb: reads go on from MariaDB while no Redis is there, and return', {
  timeout: 300_000,
}, async (context) => {
  // Installing it takes a while, once; only where that is impossible is there nothing to run.
  const missing = await ensureProgram(mariadbServerSource).then(
    () => undefined,
    (error: Error) => error.message,
  )
  if (missing !== undefined) {
    // Reporters keep the reason of a skipped test to themselves.
    console.warn(`redis-then-mariadb was not run, because there is no MariaDB: ${missing}`)
    context.skip()
  }

  const output = await runExample('redis-then-mariadb')
  expect(linesOf(output).slice(3)).toEqual([
    'product 7 is a teapot, says MariaDB',
    'product 7 is a teapot, says Redis',
    'both Redis servers are killed',
    'product 7 is a teapot, says MariaDB',
    'product 7 is a teapot, says MariaDB',
    'product 7 is a teapot, says MariaDB',
    'west comes back, empty',
    'product 7 is a teapot, says Redis',
  ])
})
