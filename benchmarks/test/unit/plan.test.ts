import { describe, expect, it } from 'vitest'
import type { Figure } from '../../src/figures/figure.ts'
import type { Lane } from '../../src/measure/lane.ts'
import { forecastSeconds, planOf } from '../../src/measure/plan.ts'

const figure = (name: string, runs: number, secondsPerRun: number, alone: boolean): Figure => ({
  name,
  injected: '',
  expected: '',
  measures: {},
  runs: { full: runs, short: 1 },
  secondsPerRun,
  alone: alone ? ['full', 'short'] : [],
  open: () => Promise.reject(new Error('Not opened here.')),
})

const runsOf = (lanes: readonly Lane[]): number[] =>
  lanes.flatMap(({ firstRun, runs }) => Array.from({ length: runs }, (_, i) => firstRun + i)).sort((a, b) => a - b)

describe('planOf', () => {
  it('shares out every run of a figure exactly once', () => {
    const { together } = planOf([figure('a', 10, 1, false)], ['ioredis'], 'full')
    expect(together.length).toBeGreaterThan(1)
    expect(runsOf(together)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('keeps what must be alone in one lane of its own', () => {
    const { together, alone } = planOf([figure('a', 10, 1, true)], ['ioredis'], 'full')
    expect(together).toEqual([])
    expect(alone).toHaveLength(1)
    expect(alone[0]).toMatchObject({ firstRun: 0, runs: 10 })
  })

  it('begins with the longest lane', () => {
    const { together } = planOf([figure('short', 1, 1, false), figure('long', 1, 5, false)], ['ioredis'], 'full')
    expect(together.map((lane) => lane.figure)).toEqual(['long', 'short'])
  })
})

describe('forecastSeconds', () => {
  it('counts what runs side by side once, and what runs alone in full', () => {
    const together = forecastSeconds(planOf([figure('a', 40, 1, false)], ['ioredis'], 'full'))
    const alone = forecastSeconds(planOf([figure('a', 40, 1, true)], ['ioredis'], 'full'))
    expect(together).toBeLessThan(alone / 2)
    expect(alone).toBeGreaterThanOrEqual(40)
  })
})
