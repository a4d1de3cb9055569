import { describe, expect, it } from 'vitest'
import { isServed, lengthOf, longestOutage, timeWithoutService } from '../../../src/failover/service.ts'
import { answered, failedWith, open, reportOf, steady } from './outcomes.ts'

describe('the longest outage', () => {
  it('begins with the fault, not with the last success before it', () => {
    const outcomes = [answered(90), answered(150), answered(160)]
    expect(longestOutage(outcomes, 100, 200)).toEqual({ from: 100, to: 150 })
  })

  it('is the longest gap between two successes, whatever the order they were sent in', () => {
    const outcomes = [answered(400), answered(100), answered(120), answered(420)]
    expect(longestOutage(outcomes, 100, 500)).toEqual({ from: 120, to: 400 })
  })

  it('is not ended by failures, nor by commands that never settled', () => {
    const outcomes = [answered(100), failedWith(new Error('no')), open(), answered(300)]
    expect(longestOutage(outcomes, 100, 350)).toEqual({ from: 100, to: 300 })
  })

  it('has no end where nothing succeeds until the run ends', () => {
    expect(longestOutage([answered(100)], 100, 2000)).toEqual({ from: 100, to: Number.POSITIVE_INFINITY })
    expect(longestOutage([], 100, 2000).to).toBe(Number.POSITIVE_INFINITY)
  })

  it('has no end where a success came in between but none in the end', () => {
    const outcomes = steady(5000, 20, { from: 1000, to: 4000 }).filter(({ settledAt }) => settledAt! < 4100)
    expect(longestOutage(outcomes, 500, 5000).to).toBe(Number.POSITIVE_INFINITY)
  })

  it('is not the moment between the last success and the end of the run', () => {
    expect(longestOutage([answered(110), answered(120)], 100, 150)).toEqual({ from: 100, to: 110 })
  })

  it('takes no notice of what comes after the window', () => {
    expect(longestOutage([answered(110), answered(900)], 100, 200)).toEqual({ from: 100, to: 110 })
  })
})

describe('the time without service', () => {
  const whole = steady(10_000, 20, { from: 0, to: 0 })

  it('counts writes that are refused while reads are answered', () => {
    const writes = steady(10_000, 20, { from: 1000, to: 7000 })
    expect(timeWithoutService(reportOf(whole, writes), 1000, 10_000)).toEqual({ from: 1000, to: 7000 })
  })

  it('counts reads that fail while writes are answered', () => {
    const reads = steady(10_000, 5, { from: 1000, to: 3000 })
    expect(lengthOf(timeWithoutService(reportOf(reads, whole), 1000, 10_000))).toBe(2000)
  })

  it('is the distance of two writes where nothing happened', () => {
    expect(lengthOf(timeWithoutService(reportOf(whole, whole), 1000, 10_000))).toBe(20)
  })
})

describe('service', () => {
  const broken = steady(10_000, 20, { from: 1000, to: 7000 })
  const whole = steady(10_000, 20, { from: 0, to: 0 })

  it.each([
    { now: 5000, served: false },
    { now: 7400, served: false },
    { now: 8000, served: true },
  ])('at $now ms, after an outage that ended at 7000: $served', ({ now, served }) => {
    expect(isServed(reportOf(whole, broken), now, 1000)).toBe(served)
    expect(isServed(reportOf(broken, whole), now, 1000)).toBe(served)
  })
})
