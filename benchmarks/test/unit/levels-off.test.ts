import { seededRandom } from '@redis-endpoint-failover/core/testing'
import { describe, expect, it } from 'vitest'
import { judgeLevel, type Point, slopeOf } from '../../src/soak/levels-off.ts'

const RULE = { share: 0.1, least: 2 }

/** A value for each second of ten minutes. */
const series = (valueAt: (second: number, random: () => number) => number): Point[] => {
  const random = seededRandom('levels')
  return Array.from({ length: 600 }, (_unused, at) => ({ at, value: valueAt(at, random) }))
}

describe('whether a series levels off', () => {
  it.each<[string, (second: number, random: () => number) => number]>([
    ['is constant', () => 40],
    ['warms up in the first half', (second) => 30 + 10 * (1 - Math.exp(-second / 60))],
    ['is noisy', (_second, random) => 40 + 8 * random()],
    ['shoots up now and then', (second, random) => (second % 37 < 3 ? 90 : 40) + random()],
    ['goes down', (second) => 60 - second / 60],
  ])('it does where it %s', (_what, valueAt) => {
    expect(judgeLevel(series(valueAt), RULE)).toMatchObject({ levelsOff: true })
  })

  it.each<[string, (second: number, random: () => number) => number]>([
    ['climbs steadily', (second) => 40 + second / 50],
    ['climbs under noise', (second, random) => 40 + second / 40 + 5 * random()],
    ['climbs by steps', (second) => 40 + 3 * Math.floor(second / 90)],
    ['begins to climb in the second half', (second) => 40 + Math.max(0, second - 320) / 20],
    ['is no number', () => Number.NaN],
  ])('it does not where it %s', (_what, valueAt) => {
    expect(judgeLevel(series(valueAt), RULE)).toMatchObject({ levelsOff: false })
  })

  it('is not said of a few samples', () => {
    expect(judgeLevel(series(() => 40).slice(0, 12), RULE)).toMatchObject({ levelsOff: false })
    expect(judgeLevel([], RULE)).toMatchObject({ levelsOff: false })
  })

  it('is judged by a slope that single samples do not tilt', () => {
    const points = series((second) => second * 2)
    expect(slopeOf(points)).toBeCloseTo(2)
    expect(slopeOf(points.map((point, index) => (index % 5 === 0 ? { ...point, value: 9999 } : point)))).toBeLessThan(4)
  })
})
