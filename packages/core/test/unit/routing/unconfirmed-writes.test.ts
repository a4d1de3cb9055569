import { describe, expect, it } from 'vitest'
import { UnconfirmedWrites } from '../../../src/routing/unconfirmed-writes.ts'
import type { ScriptedClient } from '../../../src/testing.ts'
import { World } from '../group/world.ts'

const ask = (world: World, writes: UnconfirmedWrites<ScriptedClient>): { outcome: unknown } => {
  const asked: { outcome: unknown } = { outcome: 'pending' }
  const task = { name: 'WAIT', unit: 'blocking', readOnly: false, args: ['WAIT', '0', '10'] } as const
  world.route.run(writes.guard({ ...task, send: () => Promise.resolve('vouched') })).then(
    (reply) => {
      asked.outcome = reply
    },
    (error: { code?: string }) => {
      asked.outcome = error.code
    },
  )
  return asked
}

describe('WAIT after the connection that carried the writes was lost', () => {
  it('is refused, also where it has waited for the next one', async () => {
    const world = await new World().start()
    const writes = new UnconfirmedWrites(world.route)
    await world.call(['SET', 'k', 'v'])
    world.east.crash()
    await world.clock.runUntil(() => world.route.current === undefined)
    const waited = ask(world, writes)
    expect(waited.outcome).toBe('pending')
    await world.clock.runUntil(() => waited.outcome !== 'pending')
    expect([world.group.active, waited.outcome]).toEqual(['west', 'DURABILITY_UNKNOWN'])
    await world.call(['SET', 'k', 'v'])
    const later = ask(world, writes)
    await world.clock.runUntil(() => later.outcome !== 'pending')
    expect(later.outcome).toBe('vouched')
    await world.close()
  })
})
