import { describe, expect, it } from 'vitest'
import type { BenchmarkClient } from '../../src/client/benchmark-client.ts'
import { defineFigure, type Figure, type Sample } from '../../src/figures/figure.ts'
import { runLane } from '../../src/measure/lane.ts'
import { planOf } from '../../src/measure/plan.ts'
import { runFigures } from '../../src/measure/run-figures.ts'

const client = { name: 'ioredis' } as BenchmarkClient
const window = { from: 0, to: 0 }

/** A figure of three runs whose runs return these samples, one after another. */
function figureOf(samples: readonly (Sample<'value'> | Error)[], more: Partial<Figure> = {}): Figure {
  const rest = [...samples]
  const figure = defineFigure({
    name: 'a',
    injected: '',
    expected: '',
    measures: { value: { label: 'value', rule: 'count', bound: 0 } },
    runs: { full: 3, short: 3 },
    secondsPerRun: 0,
    alone: ['full'],
    open: () =>
      Promise.resolve({
        run: () => {
          const sample = rest.shift() ?? new Error('Run too often.')
          return sample instanceof Error ? Promise.reject(sample) : Promise.resolve(sample)
        },
        close: () => Promise.resolve(),
      }),
  })
  return { ...figure, ...more }
}

const good: Sample<'value'> = { window, values: { value: 0 } }
const disturbed: Sample<'value'> = { window, values: { value: 9 }, disturbed: true }

const outcomeOf = async (samples: readonly (Sample<'value'> | Error)[], more?: Partial<Figure>) => {
  const figure = figureOf(samples, more)
  const plan = planOf([figure], ['ioredis'], 'full')
  const [outcome] = await runFigures(plan, { runLane: (lane) => runLane(lane, figure, client) })
  return outcome
}

describe('runFigures', () => {
  it('is met when every run is within the bound', async () => {
    expect(await outcomeOf([good, good, good])).toMatchObject({ met: true, runs: 3, repeated: 0 })
  })

  it('repeats a disturbed run, and says so', async () => {
    expect(await outcomeOf([good, disturbed, good, good])).toMatchObject({ met: true, runs: 3, repeated: 1 })
  })

  it('misses a figure that had to repeat too many runs', async () => {
    const outcome = await outcomeOf([disturbed, disturbed, good, good, good])
    expect(outcome).toMatchObject({ met: false, runs: 3, repeated: 2, repeatedTooOften: true })
  })

  it('repeats as often as the figure allows', async () => {
    const outcome = await outcomeOf([disturbed, disturbed, good, good, good], { repeats: 2 })
    expect(outcome).toMatchObject({ met: true, runs: 3, repeated: 2 })
  })

  it('passes on what a run noted', async () => {
    const outcome = await outcomeOf([good, { ...good, notes: ['It is up.'] }, good])
    expect(outcome?.notes).toEqual(['It is up.'])
  })

  it('goes on with what it gets once too many runs were repeated, instead of trying for ever', async () => {
    const outcome = await outcomeOf([disturbed, disturbed, disturbed, disturbed, disturbed])
    expect(outcome).toMatchObject({ met: false, runs: 3, repeated: 2 })
  })

  it('misses a figure whose run broke off, and keeps the error', async () => {
    const outcome = await outcomeOf([good, new Error('no such server')])
    expect(outcome).toMatchObject({ met: false, runs: 1 })
    expect(outcome?.errors[0]).toContain('no such server')
  })
})
