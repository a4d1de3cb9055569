import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import { password } from '../settings.ts'
import { type Fault, isFailover, type Moment, type World } from './fault.ts'

const ROUND_MS = 50
const ROUNDS = 40

/**
 * The password changes under open connections. They go on working, so nothing may fail; only when one of them is lost,
 * and cannot be replaced, is the endpoint left.
 */
export const changedPassword: Fault = {
  name: 'password',
  title: 'a password changed at run time',
  isDeath: false,
  inject: async ({ victim }) => {
    const at = performance.now()
    await victim.command('CONFIG', 'SET', 'requirepass', 'changed')
    return at
  },
  isDetected: (event, victim) => event.type === 'connections-refused' && event.endpointId === victim,
  provoke: loseDataConnections,
  isSwitched: isFailover,
  holdMs: 1000,
  heal: async ({ victim }) => {
    await victim.command('CONFIG', 'SET', 'requirepass', password)
    return performance.now()
  },
}

/**
 * Ends the connections that carry the load until the group moves: the first one lost is replaced by the one that stands
 * by, which was let in before the change. Resolves with the moment at which the last one was lost.
 */
async function loseDataConnections({ victim, timeline }: World): Promise<Moment> {
  const startedAt = performance.now()
  let lostAt = startedAt
  for (let round = 0; round < ROUNDS; round++) {
    const ids = await dataConnections(victim)
    for (const id of ids) {
      const at = performance.now()
      if (Number(await victim.command('CLIENT', 'KILL', 'ID', id)) > 0) lostAt = at
    }
    await sleep(ROUND_MS)
    if (timeline.find((event) => isFailover(event, victim.name), startedAt) !== undefined) break
  }
  return lostAt
}

/** The load's commands are GET and INCR; what the group asks on connections of its own is not. */
async function dataConnections(server: RedisServer): Promise<string[]> {
  const list = String(await server.command('CLIENT', 'LIST', 'TYPE', 'normal'))
  return list
    .split('\n')
    .filter((line) => / cmd=(get|incr) /.test(line))
    .flatMap((line) => /^id=(\d+) /.exec(line)?.[1] ?? [])
}
