import { describe, expect, it } from 'vitest'
import { presets } from '../../../src/index.ts'
import { type Options, World } from './world.ts'

const { interval, timeout } = presets.default.health

/** Regular probes of one endpoint, as they begin and end, in virtual milliseconds. */
const observe = async (options: Options = {}, seed: number | string = 1) => {
  const world = await new World(options, seed).start()
  const started: number[] = []
  const ended: number[] = []
  world.group.on('check-started', ({ endpointId, connection }) => {
    if (endpointId === 'east' && connection === 'monitor') started.push(world.clock.now())
  })
  world.group.on('check-succeeded', ({ endpointId, connection }) => {
    if (endpointId === 'east' && connection === 'monitor') ended.push(world.clock.now())
  })
  return { world, started, ended }
}

describe('regular probes', () => {
  it('wait for their interval after each answer, however slow the answers are', async () => {
    const { world, started, ended } = await observe()
    world.east.slow(timeout * 0.9)
    await world.advance(60_000)
    expect(ended.length).toBeGreaterThan(30)
    const pauses = ended.slice(0, started.length - 1).map((end, at) => started[at + 1]! - end)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(0.9 * interval)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1.1 * interval)
    await world.close()
  })

  it('keep 100 ms between them, however many connections fall silent one after another', async () => {
    const { world, started } = await observe()
    const routes = Array.from({ length: 12 }, () => world.group.createRoute())
    await world.advance(50)
    for (const route of routes) await world.call(['GET', 'k'], { route })
    const before = started.length
    for (const route of routes) {
      world.east.connections.find(({ id }) => id === route.current!.client.connectionId)!.blackhole()
      world.send(['GET', 'k'], { route })
      await world.advance(30)
    }
    await world.advance(400)
    const asked = started.slice(before)
    // Each silence asks for a probe; three or four of them share one.
    expect(asked.length).toBeGreaterThan(2)
    const gaps = asked.slice(1).map((at, index) => at - asked[index]!)
    expect(Math.min(...gaps)).toBeGreaterThan(99.9)
    await world.close()
  })

  it('of processes that start together drift apart', async () => {
    const latest: number[] = []
    for (let process = 0; process < 8; process += 1) {
      const { world, started } = await observe({}, process)
      await world.advance(30_000)
      latest.push(started.at(-1)!)
      await world.close()
    }
    expect(Math.max(...latest) - Math.min(...latest)).toBeGreaterThan(interval / 4)
    expect(new Set(latest.map((at) => Math.floor(at / 50))).size).toBeGreaterThanOrEqual(5)
  })
})
