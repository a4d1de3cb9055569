import { describe, expect, it } from 'vitest'
import type { ContenderName } from '../../../src/failover/contender.ts'
import { contenderNames } from '../../../src/failover/contender.ts'
import { type FaultName, faultNames } from '../../../src/failover/failover-faults.ts'
import { tablesOf, valuesOf } from '../../../src/failover/failover-report.ts'
import { FailoverResults, formatTime } from '../../../src/failover/results.ts'
import type { FailoverRun } from '../../../src/failover/run-failover.ts'
import { targetsOf, unjudged } from '../../../src/failover/targets.ts'

const client = 'node-redis'
const plan = { clients: [client], contenders: contenderNames, faults: faultNames, rounds: 1, outageMs: 12_000 } as const

const run = (withoutServiceMs: number, others: Partial<FailoverRun> = {}): FailoverRun => ({
  withoutServiceMs,
  onlyAfterwards: false,
  stalled: false,
  failedReads: 0,
  ambiguous: 0,
  refused: 0,
  duplicates: 0,
  lost: 0,
  denied: 0,
  unsettled: 0,
  ...others,
})

type Runs = readonly [contender: ContenderName, fault: FaultName, ...runs: FailoverRun[]]

const resultsOf = (...all: readonly Runs[]): FailoverResults => {
  const results = new FailoverResults()
  for (const [contender, fault, ...runs] of all)
    for (const one of runs)
      results.add({ client, contender, fault, outageMs: 12_000, share: 0 }, { run: one, repeated: false })
  return results
}

const verdicts = (results: FailoverResults): Record<string, boolean> =>
  Object.fromEntries(targetsOf([client], results).map(({ what, met }) => [what, met]))

describe('the goals of a failover', () => {
  it('are judged by medians, and a missed one is shown as missed', () => {
    const results = resultsOf(
      ['default', 'crash', run(100), run(110), run(9000)],
      ['sentinel-5000', 'crash', run(7000), run(7200), run(6000)],
      ['haproxy', 'crash', run(4000), run(4000), run(4000)],
    )
    const found = verdicts(results)
    expect(found['node-redis, crash: ours, default, beside 1/40 of Sentinel, 5 s']).toBe(true)
    expect(found['node-redis, crash: ours, default, beside 1/40 of HAProxy']).toBe(false)
  })

  it('ask of a hang that Sentinel does not end only that ours ends it', () => {
    const sentinel: Runs = ['sentinel-5000', 'hang', run(12_100, { onlyAfterwards: true })]
    const what = 'node-redis, hang: ours, default, beside 1/5 of Sentinel, 5 s'
    expect(verdicts(resultsOf(sentinel, ['default', 'hang', run(5000)]))[what]).toBe(true)
    expect(verdicts(resultsOf(sentinel, ['default', 'hang', run(12_000, { onlyAfterwards: true })]))[what]).toBe(false)
  })

  it('are missed by a single command that failed in any run of ours, and by nobody else', () => {
    const results = resultsOf(
      ['default', 'reset', run(10), run(10, { duplicates: 1 })],
      ['fast', 'hang', run(10, { failedReads: 2 })],
      ['alone', 'hang', run(10, { failedReads: 200, duplicates: 7 })],
    )
    const missed = Object.entries(verdicts(results)).filter(([, met]) => !met)
    expect(missed.map(([what]) => what)).toEqual([
      'node-redis, ours, default: writes executed twice, in 2 runs',
      'node-redis, ours, fast: reads failed, in 1 runs',
    ])
  })

  it('are missed where ours never comes back', () => {
    const results = resultsOf(['default', 'crash', run(Number.POSITIVE_INFINITY)], ['haproxy', 'crash', run(7000)])
    expect(verdicts(results)['node-redis, crash: ours, default, beside 1/40 of HAProxy']).toBe(false)
  })

  it('are named, not judged, where one side was not run', () => {
    const results = resultsOf(['default', 'crash', run(100)])
    expect(Object.keys(verdicts(results)).filter((what) => what.includes('beside'))).toEqual([])
    expect(unjudged([client], results)).toContain(
      'Not judged, for want of a run: node-redis, crash: ours, default, beside 1/40 of HAProxy.',
    )
  })
})

describe('the tables', () => {
  const results = resultsOf(
    [
      'alone',
      'hang',
      run(12_100, { onlyAfterwards: true, ambiguous: 3 }),
      run(12_300, { onlyAfterwards: true, ambiguous: 4 }),
    ],
    ['default', 'reset', run(30, { onlyAfterwards: true })],
  )
  const rowOf = (fault: FaultName, label: string) =>
    tablesOf(plan, results)
      .find(({ title }) => title.startsWith(fault))
      ?.rows.find((row) => row[1] === label)

  it('say so where service came back only with the server itself, and add up the counts', () => {
    expect(rowOf('hang', 'alone')).toEqual([
      client,
      'alone',
      '12.2 s, when the fault was over',
      '12.3 s',
      0,
      7,
      0,
      0,
      0,
      0,
      0,
    ])
  })

  it('do not say so of a fault that is over at once', () => {
    expect(rowOf('reset', 'ours, default')?.[2]).toBe('30 ms')
  })

  it('say "not run" where nothing was', () => {
    expect(rowOf('crash', 'HAProxy')?.[2]).toBe('not run')
  })

  it('have as many cells in each row as in the head', () => {
    for (const { head, rows } of tablesOf(plan, results)) for (const row of rows) expect(row).toHaveLength(head.length)
  })
})

describe('times', () => {
  it.each([
    [23.4, '23 ms'],
    [7140, '7.14 s'],
    [12_140, '12.1 s'],
    [Number.POSITIVE_INFINITY, 'never'],
  ])('%d reads %s', (ms, text) => {
    expect(formatTime(ms)).toBe(text)
  })

  it('that never ended are in the JSON as such', () => {
    const results = resultsOf(['alone', 'crash', run(Number.POSITIVE_INFINITY)])
    expect(JSON.stringify(valuesOf(results))).toContain('"withoutServiceMs":"never"')
  })
})
