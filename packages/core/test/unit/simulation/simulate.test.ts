import { describe, expect, it } from 'vitest'
import { ConfigurationError, type HealthCheck, healthy, spread, unhealthy } from '../../../src/index.ts'
import { simulate } from '../../../src/testing.ts'

const totalOf = (counts: Readonly<Record<string, number>>, prefix: string): number =>
  Object.entries(counts).reduce((sum, [what, count]) => sum + (what.startsWith(prefix) ? count : 0), 0)

describe('a simulation', () => {
  it('does the same again with the same seed, line by line, and something else with another', async () => {
    for (const seed of [1, 2, 'words are seeds as well']) {
      const [once, again] = [
        await simulate({ seed, minutes: 1, keepLog: true }),
        await simulate({ seed, minutes: 1, keepLog: true }),
      ]
      expect(again.log).toEqual(once.log)
      expect([again.hash, again.steps, again.counts]).toEqual([once.hash, once.steps, once.counts])
    }
    const hashes = await Promise.all([1, 2, 3, 4].map(async (seed) => (await simulate({ seed, minutes: 0.2 })).hash))
    expect(new Set(hashes).size).toBe(4)
  })

  it('is not idle: over a few seeds, everything that matters happens', async () => {
    const counts: Record<string, number> = {}
    for (let seed = 0; seed < 12; seed += 1)
      for (const [what, count] of Object.entries((await simulate({ seed, minutes: 1 })).counts))
        counts[what] = (counts[what] ?? 0) + count
    for (const what of ['fault: ', 'operator: ', 'event: failover', 'event: failback', 'event: all-down', 'repeats'])
      expect(totalOf(counts, what), what).toBeGreaterThan(0)
    for (const what of ['call: acknowledged', 'call: ambiguous', 'call: refused'])
      expect(totalOf(counts, what), what).toBeGreaterThan(5)
  }, 60_000)

  it('takes a strategy and a check of the user’s, under exactly the faults that he names', async () => {
    let choices = 0
    const lastOne = spread((candidates) => {
      choices += 1
      return candidates.at(-1)
    })
    const isPrimary: HealthCheck = {
      name: 'is-primary',
      check: async ({ command }) =>
        ((await command(['ROLE'])) as string[])[0] === 'master' ? healthy() : unhealthy('it is a replica'),
    }
    const endpoints = ['a', 'b', 'c'].map((id) => ({ id, options: {} }))
    const { violations, counts } = await simulate({
      seed: 5,
      minutes: 2,
      group: { endpoints, selection: lastOne, health: { check: isPrimary } },
      faults: ['crashed', 'read-only'],
      traffic: ['set', 'echo'],
      operations: [],
      hostilities: [],
    })
    expect(violations).toEqual([])
    expect(choices).toBeGreaterThan(0)
    const faults = Object.keys(counts).filter((what) => what.startsWith('fault: '))
    expect(faults.every((what) => ['fault: crashed', 'fault: read-only'].includes(what))).toBe(true)
  })

  it('of a configuration that is not valid is refused', async () => {
    await expect(simulate({ seed: 1, group: { endpoints: [] } })).rejects.toSatisfy(ConfigurationError.isInstance)
  })
})
