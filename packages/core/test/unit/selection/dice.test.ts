import { describe, expect, it } from 'vitest'
import { diceFrom, diceOf } from '../../../src/selection/dice.ts'
import { seededRandom } from '../../../src/testing/seeded-random.ts'

const take = (draw: () => number, count: number): number[] => Array.from({ length: count }, draw)

describe('dice', () => {
  it.each([2, 3, 10, 1000])('fall on each of %i sides equally often', (sides) => {
    const rolls = 100 * sides * Math.ceil(10_000 / (100 * sides))
    const counts = new Array<number>(sides).fill(0)
    const draw = diceFrom(seededRandom('sides'))
    for (let roll = 0; roll < rolls; roll++) counts[draw(sides)]!++
    const expected = rolls / sides
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // Its mean is sides - 1, its standard deviation sqrt(2 * (sides - 1)).
    expect(chiSquare).toBeLessThan(sides - 1 + 5 * Math.sqrt(2 * (sides - 1)))
  })

  it('show no side from one roll to the next', () => {
    const draw = diceFrom(seededRandom('pairs'))
    const counts = new Array<number>(16).fill(0)
    for (let roll = 0; roll < 160_000; roll++) counts[4 * draw(4) + draw(4)]!++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('reach both ends of a wide range and no further', () => {
    const draw = diceFrom(seededRandom('range'))
    const rolls = take(() => draw(2 ** 30), 20_000)
    expect(Math.min(...rolls)).toBeGreaterThanOrEqual(0)
    expect(Math.min(...rolls)).toBeLessThan(2 ** 30 / 1000)
    expect(Math.max(...rolls)).toBeLessThan(2 ** 30)
    expect(Math.max(...rolls)).toBeGreaterThan(2 ** 30 * 0.999)
  })

  it('are the same for the same seed, and others for another', () => {
    const rollsOf = (seed: string): number[] => {
      const draw = diceFrom(seededRandom(seed))
      return take(() => draw(1000), 20)
    }
    expect(rollsOf('a')).toEqual(rollsOf('a'))
    expect(rollsOf('a')).not.toEqual(rollsOf('b'))
  })

  it('can ask a random source each time', () => {
    expect(
      take(
        (
          (draw) => () =>
            draw(10)
        )(diceOf(() => 0.99)),
        3,
      ),
    ).toEqual([9, 9, 9])
  })
})
