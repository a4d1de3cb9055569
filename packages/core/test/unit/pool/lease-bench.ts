import type { AcquireOptions, Lease } from '../../../src/index.ts'
import type { ScriptedClient, ScriptedConnection } from '../../../src/testing.ts'
import { settle, type World } from '../group/world.ts'

export type TestLease = Lease<ScriptedClient>

/** The connections of an endpoint's pool, as the server sees them. */
export const pooled = (world: World, id = 'east'): readonly ScriptedConnection[] =>
  world.endpoint(id).connections.filter(({ purpose }) => purpose === 'lease')

export const poolOf = (world: World, id = 'east') => world.state(id).pool

/** Asks for a lease; look at `.outcome` and `.value` later. */
export const ask = (world: World, options?: AcquireOptions) => settle(world.group.acquire(options))

/** Asks for a lease and waits for it. */
export const lease = async (world: World, options?: AcquireOptions): Promise<TestLease> => {
  const asked = ask(world, options)
  await world.clock.runUntil(() => asked.outcome !== 'pending')
  if (asked.value === undefined) throw asked.error
  return asked.value
}

export const idOf = (held: TestLease): number => held.client.connectionId
