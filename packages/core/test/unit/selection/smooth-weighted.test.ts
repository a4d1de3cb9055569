import { describe, expect, it } from 'vitest'
import { deadlineQueue } from '../../../src/selection/deadline-queue.ts'
import { diceFrom } from '../../../src/selection/dice.ts'
import { smoothWeighted } from '../../../src/selection/smooth-weighted.ts'
import { weightedChoice } from '../../../src/selection/weighted-choice.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'
import { between, countOf, isWithinThreeSigma } from './fake-endpoint.ts'

const take = (next: () => number, count: number): number[] => Array.from({ length: count }, () => next())

const countsIn = (picked: readonly number[], size: number): number[] => {
  const counts = countOf(picked)
  return Array.from({ length: size }, (_, index) => counts.get(index) ?? 0)
}

describe('smoothWeighted', () => {
  it.each([
    { weights: [5, 1, 1], order: [0, 0, 1, 0, 2, 0, 0] },
    { weights: [1, 1, 1], order: [0, 1, 2, 0, 1, 2] },
    { weights: [4, 2], order: [0, 1, 0, 0, 1, 0] },
    { weights: [0.5, 1.5], order: [1, 0, 1, 1, 1, 0, 1, 1] },
    { weights: [3], order: [0, 0, 0] },
    { weights: [0, 2, 0], order: [1, 1, 1] },
    { weights: [0, 0], order: [0, 1, 0, 1] },
    { weights: [Number.NaN, -1, Number.POSITIVE_INFINITY, 1], order: [3, 3] },
    { weights: [], order: [-1, -1] },
  ])('serves $weights as $order', ({ weights, order }) => {
    expect(take(smoothWeighted(weights), order.length)).toEqual(order)
  })

  it('serves each index exactly as often as its weight in any window of the sum of whole weights', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const random = seededRandom(seed)
      const size = between(random, 2, 12)
      // Every fourth seed has weights whose cycle is too long to lay out.
      const largest = seed % 4 === 0 ? 3000 : 9
      const weights = Array.from({ length: size }, () => between(random, 1, largest))
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      const picked = take(smoothWeighted(weights, random), 3 * total)
      const counts = countsIn(picked.slice(0, total), size)
      for (let start = 0; start <= 2 * total; start += 1) {
        if (counts.some((count, index) => count !== weights[index])) {
          throw new Error(`seed ${seed}: ${counts} instead of ${weights} from choice ${start} on`)
        }
        counts[picked[start]!]! -= 1
        if (start + total < picked.length) counts[picked[start + total]!]! += 1
      }
    }
  })

  it('keeps the proportions of fractional weights to within one turn of each other index', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const random = seededRandom(`fractions ${seed}`)
      const weights = Array.from({ length: between(random, 2, 40) }, () => 0.1 + random())
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      const counts = countsIn(take(smoothWeighted(weights, random), 20_000), weights.length)
      counts.forEach((count, index) => {
        const expected = (20_000 * weights[index]!) / total
        expect(Math.abs(count - expected)).toBeLessThanOrEqual(1 + (weights.length * weights[index]!) / total)
      })
    }
  })

  it.each([
    [5, 1, 1],
    [0.9, 0.35, 0.2],
  ])('favours nobody when it is made anew for each choice from %d, %d, %d', (...weights) => {
    const random = seededRandom(7)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const picked = Array.from({ length: 20_000 }, () => smoothWeighted(weights, random)())
    countsIn(picked, weights.length).forEach((count, index) => {
      expect(isWithinThreeSigma(count, picked.length, weights[index]! / total)).toBe(true)
    })
  })
})

describe('deadlineQueue', () => {
  it('never makes an index wait longer than its own interval', () => {
    const weights = [7.3, 2.1, 1, 0.4]
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const picked = take(deadlineQueue(weights, seededRandom(3)), 10_000)
    weights.forEach((weight, index) => {
      const turns = picked.flatMap((value, at) => (value === index ? [at] : []))
      const longest = Math.max(...turns.slice(1).map((turn, at) => turn - turns[at]!))
      expect(longest).toBeLessThanOrEqual(Math.ceil(total / weight) + weights.length)
    })
  })
})

describe('weightedChoice', () => {
  it('draws each index as often as its weight says, within three standard deviations', () => {
    const weights = [1, 0, 2.5, 0.5, 6]
    const picked = take(weightedChoice(weights, diceFrom(seededRandom(11))), 50_000)
    countsIn(picked, weights.length).forEach((count, index) => {
      expect(isWithinThreeSigma(count, picked.length, weights[index]! / 10)).toBe(true)
    })
  })

  it('stays within the indices for the extreme random numbers', () => {
    expect(weightedChoice([1, 2, 3], () => 0)()).toBe(0)
    expect(weightedChoice([1, 2, 3], (below) => below - 1)()).toBe(2)
    expect(weightedChoice([0, 0], (below) => below / 2)()).toBeLessThan(2)
  })
})
