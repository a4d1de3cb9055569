import { describe, expect, it } from 'vitest'
import { RetryBudget } from '../../../src/retry/retry-budget.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'

/** Takes all that there is. */
const drain = (budget: RetryBudget, now: number): number => {
  let taken = 0
  while (budget.tryTake(now)) taken += 1
  return taken
}

describe('RetryBudget', () => {
  it('allows the burst at first, and then ten a second', () => {
    const budget = new RetryBudget()
    expect(drain(budget, 0)).toBe(100)
    expect(drain(budget, 99)).toBe(0)
    expect(drain(budget, 1100)).toBe(11)
  })

  it('allows a fifth of the calls', () => {
    const budget = new RetryBudget({ perSecond: 0 })
    drain(budget, 0)
    budget.recordCalls(1000, 0)
    expect(drain(budget, 0)).toBe(200)
  })

  it('saves up no more than the burst without traffic', () => {
    const budget = new RetryBudget({ retryBurst: 30 })
    expect(budget.balance(0)).toBe(30)
    expect(budget.balance(3_600_000)).toBe(30)
    expect(budget.capacity(3_600_000)).toBe(30)
  })

  it('saves up a fifth of the calls of ten seconds', () => {
    const budget = new RetryBudget()
    for (let now = 0; now < 9500; now += 100) budget.recordCalls(1000, now)
    expect(budget.capacity(9500)).toBe(19_000)
    expect(budget.balance(9500)).toBeGreaterThan(18_900)
    expect(budget.balance(60_000)).toBe(100)
  })

  it('can use its rate per second whatever the burst', () => {
    const budget = new RetryBudget({ retryBurst: 0 })
    expect(budget.tryTake(0)).toBe(true)
    expect(budget.tryTake(99)).toBe(false)
    expect(budget.tryTake(101)).toBe(true)
  })

  it('allows nothing with no ratio, no rate and no burst', () => {
    const budget = new RetryBudget({ ratio: 0, perSecond: 0, retryBurst: 0 })
    budget.recordCalls(1000, 0)
    expect(drain(budget, 60_000)).toBe(0)
  })

  it('goes on when time runs backwards', () => {
    const budget = new RetryBudget()
    drain(budget, 1_000_000)
    expect(drain(budget, 0)).toBe(0)
    expect(drain(budget, 1050)).toBe(10)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -5, 0])('takes %d calls as none', (count) => {
    const budget = new RetryBudget()
    drain(budget, 0)
    budget.recordCalls(count, 0)
    expect(budget.balance(0)).toBe(0)
  })

  it('keeps its balance from 0 to its capacity, and repeats within a fifth of the calls, ten a second and the burst', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const random = seededRandom(seed)
      const budget = new RetryBudget()
      let now = 0
      let elapsedMs = 0
      let calls = 0
      let repeats = 0
      for (let step = 0; step < 300; step += 1) {
        const jump = random() < 0.05 ? -5000 * random() : random() < 0.05 ? 30_000 * random() : 50 * random()
        now += jump
        elapsedMs += Math.max(0, jump)
        const batch = Math.floor(200 * random() ** 3)
        budget.recordCalls(batch, now)
        calls += batch
        for (let attempt = 0; attempt < 40 * random(); attempt += 1) if (budget.tryTake(now)) repeats += 1
        expect(budget.balance(now)).toBeGreaterThanOrEqual(0)
        expect(budget.balance(now)).toBeLessThanOrEqual(budget.capacity(now))
      }
      expect(repeats).toBeLessThanOrEqual(0.2 * calls + elapsedMs / 100 + 100 + 1e-6)
    }
  })
})
