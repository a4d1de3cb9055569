import { describe, expect, it } from 'vitest'
import { roundRobin } from '../../../src/index.ts'
import { type ScriptedMode, seededRandom } from '../../../src/testing.ts'
import { nothingLeft, type Options, World } from './world.ts'

const IDS = ['east', 'west', 'north']

const MODES: readonly ScriptedMode[] = [
  'hung',
  'loading',
  'readOnly',
  'resetting',
  'wrongPassword',
  'tooManyConnections',
  'nameNotFound',
]

/** Disturbs one endpoint, or ourselves, in one of many ways. */
const disturb = (world: World, id: string, draw: number, random: () => number): void => {
  const { group } = world
  const endpoint = world.endpoint(id)
  const ignore = (): void => {}
  const disturbances: readonly (() => void)[] = [
    () => endpoint.crash(),
    () => endpoint.restart(),
    () => endpoint.killConnections(),
    () => endpoint.slow(random() * 700),
    () => world.clock.stall(random() * 4000),
    () => endpoint.connections[Math.floor(random() * endpoint.connections.length)]?.blackhole(),
    () => void group.switchTo(id, { force: random() < 0.5, pin: random() < 0.5 }).catch(ignore),
    () =>
      void group
        .drain(id)
        .then(() => group.resume(id), ignore)
        .catch(ignore),
    () =>
      void group
        .remove(id)
        .then(() => group.add({ id, weight: 2, options: {} }), ignore)
        .catch(ignore),
    ...MODES.map((mode) => () => endpoint.setMode(mode)),
  ]
  disturbances[Math.floor(draw * disturbances.length)]!()
}

describe('whatever is done to it', () => {
  it.each([
    ['sticky', (): Options => ({})],
    ['spreading', (): Options => ({ selection: roundRobin() })],
    ['without checks', (): Options => ({ health: false })],
    ['fast', (): Options => ({ preset: 'fast' })],
  ] as const)('a group (%s) loses nothing, runs no write twice, recovers and leaves nothing', async (kind, options) => {
    for (let seed = 0; seed < 5; seed += 1) {
      const random = seededRandom(`${kind} ${seed}`)
      const endpoints = IDS.map((id, index) => ({ id, weight: 3 - index, options: {} }))
      const world = new World({ endpoints, ...options() }, `${kind} ${seed}`)
      const other = world.group.createRoute()
      world.group.start().catch(() => {})
      world.traffic(30, 20)
      await world.advance(1000)
      for (let fault = 0; fault < 15; fault += 1) {
        disturb(world, IDS[Math.floor(random() * IDS.length)]!, random(), random)
        world.send(['GET', 'k'], { route: other })
        await world.advance(random() < 0.5 ? random() * 300 : random() * 5000)
      }
      for (const id of IDS) world.endpoint(id).restart()
      world.group.unpin()
      await world.advance(40_000)
      world.stopTraffic()
      // Time for half-open connections to be found.
      await world.advance(7000)
      const seen = { seed, pending: world.pending, duplicates: world.duplicates, errors: world.of('error') }
      expect(seen).toEqual({ seed, pending: 0, duplicates: 0, errors: [] })
      expect((await world.call(['SET', 'after', 'all'])).outcome).toBe('resolved')
      for (const id of IDS)
        expect(world.state(id)).toMatchObject({ state: 'up', writable: true, acceptsConnections: true, strikes: 0 })
      expect(await world.close(100)).toEqual(nothingLeft)
    }
  })
})
