import { AmbiguousResultError } from '@redis-endpoint-failover/core'
import type { LoadOutcome, LoadReport } from '@redis-endpoint-failover/testkit/load'
import { describe, expect, test } from 'vitest'
import { boundsOf, graceMs, longestReprobeMs, toleratedMs } from '../../src/demo/verdict/bounds.ts'
import type { Observation } from '../../src/demo/verdict/observation.ts'
import { type Tally, tally } from '../../src/demo/verdict/tally.ts'
import { judge, measureOf } from '../../src/demo/verdict/verdict.ts'

const observation: Observation = {
  fault: 'crash',
  startedAt: 1000,
  faultAt: 1010,
  detectedAt: 1015,
  provokedAt: undefined,
  switchableAt: 1010,
  switchedAt: 1020,
  healedAt: 3000,
  backAt: 6000,
  endedAt: 6500,
  deaths: 1,
  stalledMs: 0,
}

const nothingFailed: Tally = {
  reads: 100,
  writes: 25,
  readsFailed: 0,
  writesAmbiguous: 0,
  writesInFlight: 0,
  writesFailed: 0,
  writesExecutedTwice: 0,
  failedBeforeLoss: 0,
  unsettled: 0,
}

describe('the bounds follow from the defaults', () => {
  test('a hang under traffic is left within 1.47 s, a crash within 100 ms', () => {
    expect(boundsOf({ ...observation, fault: 'hang' }).switchedMs).toBeCloseTo(1470)
    expect(boundsOf(observation).switchedMs).toBe(100)
  })

  test('a changed password is noticed by the next probe on a new connection', () => {
    expect(boundsOf({ ...observation, fault: 'password' }).detectedMs).toBeCloseTo(1.1 * 1500 + 500)
  })

  test('no write may be ambiguous in a drain', () => {
    expect(boundsOf({ ...observation, fault: 'drain' }).ambiguous).toBe('none')
  })

  test.each([
    [0, 600],
    [399, 600],
    [400, 900],
    [1000, 1350],
    [60_000, 6000],
  ])('after %i ms DOWN the next probe comes within %i ms', (downMs, wait) => {
    expect(longestReprobeMs(downMs)).toBeCloseTo(wait)
  })

  test('the grace doubles with each death', () => {
    expect([graceMs(0), graceMs(1), graceMs(2), graceMs(3)].map(Math.round)).toEqual([1650, 1650, 3300, 6600])
  })

  test.each([
    [100, 250],
    [600, 750],
    [1000, 1250],
  ])('a time of %i ms may take %i ms on a busy machine', (bound, tolerated) => {
    expect(toleratedMs(bound)).toBe(tolerated)
  })
})

describe('judging one fault', () => {
  const judged = (seen: Partial<Observation> = {}, counts: Partial<Tally> = {}) => {
    const whole = { ...observation, ...seen }
    return judge(whole, { ...nothingFailed, ...counts }, boundsOf(whole))
  }

  test('everything within its bound passes, with times counted from the fault', () => {
    const verdict = judged()
    expect(verdict.ok).toBe(true)
    expect(measureOf(verdict, 'detected')?.value).toBe(5)
    expect(measureOf(verdict, 'switched')?.value).toBe(10)
    expect(measureOf(verdict, 'back')?.value).toBe(3000)
  })

  test.each<[string, Partial<Observation>, Partial<Tally>]>([
    ['a switch that comes too late', { switchedAt: 1010 + 251 }, {}],
    ['a switch that never comes', { switchedAt: undefined }, {}],
    ['a fault that nobody noticed', { detectedAt: undefined }, {}],
    ['no return to the preferred endpoint', { backAt: undefined }, {}],
    ['one failed read', {}, { readsFailed: 1 }],
    ['one write executed twice', {}, { writesExecutedTwice: 1 }],
    ['more ambiguous writes than were in flight', {}, { writesAmbiguous: 2, writesInFlight: 1 }],
    ['a write that failed without being in flight', {}, { writesFailed: 1 }],
    ['an ambiguous write in a drain', { fault: 'drain' }, { writesAmbiguous: 1, writesInFlight: 1 }],
    ['a failure while the connections lived', { fault: 'password' }, { failedBeforeLoss: 1 }],
    ['a command without any outcome', {}, { unsettled: 1 }],
  ])('%s is a miss', (_what, seen, counts) => {
    expect(judged(seen, counts).ok).toBe(false)
  })

  test('ambiguous writes are in order as long as they were in flight', () => {
    expect(judged({}, { writesAmbiguous: 2, writesInFlight: 2 }).ok).toBe(true)
  })
})

describe('counting the commands of one fault', () => {
  const sent = (id: string, sentAt: number, settledAt: number | undefined, error?: unknown): LoadOutcome => ({
    id,
    sentAt,
    settledAt,
    reply: undefined,
    error,
  })
  const ambiguous = new AmbiguousResultError('INCR', 'east', { cause: new Error('the peer closed the connection') })
  const failure = new Error('no endpoint')
  const reportOf = (reads: LoadOutcome[], incrs: LoadOutcome[]): LoadReport => ({
    startedAt: 0,
    endedAt: 10_000,
    reads,
    incrs,
  })

  test('only those sent between its start and its end are its own', () => {
    const reads = [sent('a', 999, 1020, failure), sent('b', 1000, 1020, failure), sent('c', 6500, 6501, failure)]
    expect(tally(observation, reportOf(reads, []), new Set())).toMatchObject({ reads: 1, readsFailed: 1 })
  })

  test('writes are told apart: ambiguous, failed, executed twice, still open', () => {
    const incrs = [
      sent('a', 1005, 1015, ambiguous),
      sent('b', 1100, 1200, failure),
      sent('c', 1200, 1201),
      sent('d', 1300, undefined),
    ]
    expect(tally(observation, reportOf([], incrs), new Set(['c', 'elsewhere']))).toMatchObject({
      writes: 4,
      writesAmbiguous: 1,
      writesFailed: 1,
      writesExecutedTwice: 1,
      unsettled: 1,
    })
  })

  test('in flight is what was sent before the switch and not settled before the fault', () => {
    const incrs = [sent('a', 1001, 1009), sent('b', 1005, 1012), sent('c', 1018, 1030), sent('d', 1021, 1030)]
    expect(tally(observation, reportOf([], incrs), new Set()).writesInFlight).toBe(2)
  })

  test('with all endpoints down, what is sent after their loss waits and is not in flight', () => {
    const seen: Observation = { ...observation, fault: 'all-down', switchedAt: 3100 }
    expect(tally(seen, reportOf([], [sent('a', 2000, 3100)]), new Set()).writesInFlight).toBe(0)
  })

  test('with a password, failures before connections are ended count apart', () => {
    const seen: Observation = { ...observation, fault: 'password', provokedAt: 2000, switchedAt: 2100 }
    const incrs = [sent('a', 1500, 1501, failure), sent('b', 1999, 2001, ambiguous)]
    expect(tally(seen, reportOf([], incrs), new Set())).toMatchObject({ failedBeforeLoss: 1, writesInFlight: 1 })
  })
})
