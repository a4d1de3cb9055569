import { describe, expect, it } from 'vitest'
import { atLeast, atMost, type Benchmark, type Report } from '../../src/bench/benchmark.ts'
import { benchmarks } from '../../src/bench/index.ts'
import { benchmarkPage } from '../../src/report/benchmark-page.ts'
import type { Environment } from '../../src/report/environment.ts'
import { bars } from '../../src/report/plot.ts'
import { svgOf } from '../../src/report/svg.ts'

const environment: Environment = {
  date: '2026-01-01',
  node: 'v20',
  redisServer: '7',
  redis: '6',
  ioredis: '6',
  cpu: '2 x CPU',
  load: 0.5,
}
const format = (value: number): string => `${value} ms`
const plot = bars({
  name: 'speed',
  title: 'Speed',
  unit: 'ms',
  categories: ['a', 'b'],
  series: [{ name: 'one', values: [1, undefined] }],
  target: { value: 2, label: 'at most 2' },
})
const report: Report = {
  notes: ['A note.'],
  tables: [{ title: 'Times', head: ['x', 'y'], rows: [['a | b', 1]] }],
  targets: [atMost('slow', 3, 2, format), atLeast('fast', 3, 2, format)],
  plots: [plot],
  values: {},
}
const benchmark = { name: 'speed', measures: 'speed', minutes: 1 } as Benchmark

describe('the page of a benchmark', () => {
  const page = benchmarkPage(benchmark, report, environment)

  it('says on what it was measured, and how to repeat it', () => {
    expect(page).toContain('2026-01-01; Node v20, Redis 7, redis 6, ioredis 6; 2 x CPU, load 0.5 before.')
    expect(page).toContain('npx --yes pnpm@10 bench speed --write')
  })

  it('shows tables, plots and notes, with bars in cells escaped', () => {
    expect(page).toContain('| a \\| b | 1 |')
    expect(page).toContain('![Speed (ms)](speed.svg)')
    expect(page).toContain('A note.')
  })

  it('says which goals are missed', () => {
    expect(page).toContain('| slow | <= 2 ms | 3 ms | **missed** |')
    expect(page).toContain('| fast | >= 2 ms | 3 ms | met |')
  })
})

describe('a plot', () => {
  it('is drawn as an SVG without a browser', () => {
    const svg = svgOf(plot)
    expect(svg).toMatch(/^<svg .*<\/svg>\s*$/s)
    expect(svg).toContain('at most 2')
  })
})

describe('the benchmarks', () => {
  it('have names of their own, and say how long they take', () => {
    expect(new Set(benchmarks.map(({ name }) => name)).size).toBe(benchmarks.length)
    for (const { minutes, measures } of benchmarks) expect(minutes > 0 && measures.length > 0).toBe(true)
  })
})
