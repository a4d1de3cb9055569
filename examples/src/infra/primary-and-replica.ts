import { setTimeout as sleep } from 'node:timers/promises'
import { type RedisServer, waitForReplication } from '@redis-endpoint-failover/test-infra'
import { startRedis } from './redis.ts'

interface Pair {
  readonly east: RedisServer
  readonly west: RedisServer
}

/** How a primary can go: by itself, or in good order. */
export type Loss = 'crash' | 'hang' | 'maintenance'

/** Starts a primary and a replica of it, in sync. */
export async function startPrimaryAndReplica(): Promise<Pair> {
  const [east, west] = await startRedis('east', 'west')
  await west.command('REPLICAOF', east.host, east.port)
  await waitForReplication(west)
  // A primary may hold writes back for up to a second after the first copy; once one came through, all do at once.
  await east.command('SET', 'whoami', 'east')
  await waitForReplication(west)
  return { east, west }
}

/** Takes the primary away and does what its operator, Sentinel or the cloud provider does then: the replica takes over. */
export async function eastIsLost(loss: Loss, { east, west }: Pair): Promise<void> {
  if (loss === 'maintenance') {
    // Redis holds writes back until the replica has everything, and changes the roles.
    await east.command('FAILOVER', 'TO', west.host, west.port)
    return
  }
  if (loss === 'crash') await east.kill()
  else await east.pause()
  await sleep(300) // until somebody notices
  console.log('the operator promotes west')
  await west.command('REPLICAOF', 'NO', 'ONE')
}
