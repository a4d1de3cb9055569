import { describe, expect, it } from 'vitest'
import type { PresetName } from '../../../src/index.ts'
import { presets } from '../../../src/index.ts'
import { seededRandom } from '../../../src/testing.ts'
import { nothingLeft, World } from './world.ts'

const SLACK_MS = 5

/** The worst cases of section 3 of the semantics, in milliseconds. */
const bounds = (preset: PresetName) => {
  const { interval, timeout, fall, reprobe, suspicion } = presets[preset].health
  return {
    idle: 1.1 * interval + fall * timeout + (fall - 1) * 1.1 * reprobe,
    traffic: suspicion + (fall - 1) * timeout + (fall - 2) * 1.1 * reprobe,
  }
}

const detect = async (preset: PresetName, seed: number, withTraffic: boolean) => {
  const world = await new World({ preset }, seed).start()
  const random = seededRandom(`moment ${seed}`)
  // Some command was sent, so that what follows is no start any more.
  await world.call(['GET', 'k'])
  if (withTraffic) world.traffic()
  await world.advance(1000 + random() * 2 * presets[preset].health.interval)
  const since = world.clock.now()
  world.east.setMode('hung')
  await world.clock.runUntil(() => world.switches.length > 0, 30_000)
  const elapsed = world.clock.now() - since
  if (withTraffic) await world.advance(300)
  world.stopTraffic()
  await world.advance(20)
  const facts = { elapsed, duplicates: world.duplicates, pending: world.pending, switches: world.switches.length }
  expect(await world.close()).toEqual(nothingLeft)
  return facts
}

describe.each(['default', 'fast', 'wan'] as const)('a silent hang under preset %s', (preset) => {
  it('is left within the bound when idle', async () => {
    const worst = { elapsed: 0 }
    for (let seed = 0; seed < 25; seed += 1) {
      const { elapsed, switches } = await detect(preset, seed, false)
      worst.elapsed = Math.max(worst.elapsed, elapsed)
      expect(switches).toBe(1)
    }
    expect(worst.elapsed).toBeLessThanOrEqual(bounds(preset).idle + SLACK_MS)
    expect(worst.elapsed).toBeGreaterThan(bounds(preset).idle * 0.6)
  })

  it('is left within the bound under traffic, and everything settles', async () => {
    const worst = { elapsed: 0 }
    for (let seed = 0; seed < 5; seed += 1) {
      const { elapsed, duplicates, pending, switches } = await detect(preset, seed, true)
      worst.elapsed = Math.max(worst.elapsed, elapsed)
      expect({ duplicates, pending, switches }).toEqual({ duplicates: 0, pending: 0, switches: 1 })
    }
    expect(worst.elapsed).toBeLessThanOrEqual(bounds(preset).traffic + SLACK_MS)
  })
})

it('states the bounds that the documentation states', () => {
  expect(bounds('default').idle).toBeCloseTo(3040)
  expect(bounds('default').traffic).toBeCloseTo(1470)
  expect(bounds('fast').idle).toBeCloseTo(1160)
  expect(bounds('fast').traffic).toBeCloseTo(375)
  expect(bounds('wan').idle).toBeCloseTo(12_600)
  expect(bounds('wan').traffic).toBeCloseTo(5550)
})

describe('a process that dies', () => {
  it.each([false, true])('is left within two round trips (traffic: %s)', async (withTraffic) => {
    for (let seed = 0; seed < 6; seed += 1) {
      const world = await new World({}, seed).start()
      await world.call(['GET', 'k'])
      if (withTraffic) world.traffic()
      await world.advance(1000 + seed * 137)
      world.east.crash()
      const elapsed = await world.clock.runUntil(() => world.switches.length > 0)
      expect(elapsed).toBeLessThanOrEqual(0.6)
      await world.advance(100)
      expect(world.switches).toHaveLength(1)
      world.stopTraffic()
      await world.advance(100)
      expect(world.duplicates).toBe(0)
      expect(world.sent.filter(({ readOnly, outcome }) => readOnly && outcome !== 'resolved')).toEqual([])
      expect(await world.close()).toEqual(nothingLeft)
    }
  })
})

describe('what is not a failure', () => {
  it.each([
    [300, false],
    [300, true],
    [450, false],
    [450, true],
  ])('a hang of %d ms (traffic: %s) switches nothing', async (ms, withTraffic) => {
    for (let seed = 0; seed < 6; seed += 1) {
      const world = await new World({}, seed).start()
      await world.call(['GET', 'k'])
      if (withTraffic) world.traffic()
      await world.advance(700 + seed * 97)
      world.east.setMode('hung')
      await world.advance(ms)
      world.east.setMode('ok')
      await world.advance(3000)
      expect([world.switches.length, world.deaths]).toEqual([0, 0])
      await world.close()
    }
  })

  it.each([1, 3])('a hang of 700 ms is one strike for silence, however many clients (%d) wait', async (clients) => {
    const world = await new World().start()
    const routes = Array.from({ length: clients }, () => world.group.createRoute())
    await world.advance(50)
    for (const route of routes) await world.call(['GET', 'k'], { route })
    await world.advance(200)
    world.east.setMode('hung')
    for (const route of routes) world.send(['GET', 'k'], { route })
    await world.advance(700)
    world.east.setMode('ok')
    await world.advance(3000)
    expect([world.switches.length, world.deaths, world.pending]).toEqual([0, 0, 0])
    await world.close()
  })

  it('killing all connections makes no failover, and all is well again within 250 ms', async () => {
    for (let seed = 0; seed < 8; seed += 1) {
      const world = await new World({}, seed).start()
      world.traffic()
      await world.advance(500 + seed * 61)
      world.east.killConnections()
      await world.advance(250)
      expect(world.state('east').state).toBe('up')
      expect((await world.call(['GET', 'k'])).outcome).toBe('resolved')
      await world.advance(2000)
      expect([world.switches.length, world.deaths]).toEqual([0, 0])
      expect(world.duplicates).toBe(0)
      await world.close()
    }
  })

  it('a storm of kills, ten per second for 30 s, makes at most one switch', async () => {
    const world = await new World().start()
    world.traffic(50, 10)
    for (let kill = 0; kill < 300; kill += 1) {
      await world.advance(100)
      world.east.killConnections()
    }
    await world.advance(1000)
    expect(world.switches.length).toBeLessThanOrEqual(1)
    world.stopTraffic()
    await world.advance(1000)
    expect(world.pending).toBe(0)
    expect(world.duplicates).toBe(0)
    await world.close()
  })

  it('answers that take 350 to 510 ms make no more than one switch in ten minutes', async () => {
    const world = await new World().start()
    const random = seededRandom('latency')
    await world.call(['GET', 'k'])
    world.east.slow(() => 350 + 160 * random())
    await world.advance(600_000)
    expect(world.switches.length).toBeLessThanOrEqual(1)
    await world.close()
  })

  it('jumps of the wall clock change nothing', async () => {
    const world = await new World().start()
    await world.call(['GET', 'k'])
    const before = world.events.length
    for (const hours of [1, -1, -1, 24]) {
      world.clock.jumpWallClock(hours * 3_600_000)
      await world.advance(2000)
    }
    expect(world.events.slice(before).map(({ type }) => type)).toEqual([])
    await world.close()
  })
})
