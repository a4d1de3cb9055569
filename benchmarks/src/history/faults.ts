import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '@redis-endpoint-failover/core'
import type { WorkClient } from '../client/work-client.ts'
import type { HistoryServer } from './servers.ts'

export interface FaultContext {
  /** The endpoint that writes go to now. */
  readonly active: HistoryServer
  readonly standby: HistoryServer
  readonly group: WorkClient['group']
  readonly random: Random
}

const between = (random: Random, least: number, most: number): number => Math.round(least + random() * (most - least))

/** One fault each: done to the active endpoint, and undone when it resolves. Milliseconds are drawn from the seed. */
export const FAULTS = {
  async crash({ active: { server }, random }) {
    await server.kill()
    await sleep(between(random, 50, 600))
    await server.restart()
  },

  async hang({ active: { server }, random }) {
    await server.pause()
    await sleep(between(random, 1000, 1800))
    await server.resume()
  },

  async 'short hang'({ active: { server }, random }) {
    await server.pause()
    await sleep(between(random, 40, 200))
    await server.resume()
  },

  async 'reset in mid-reply'({ active: { proxy }, random }) {
    await proxy.setFaults({ reset: { afterBytes: between(random, 1, 40) } }, { for: 'existing' })
    await sleep(300)
    await proxy.clearFaults()
  },

  async 'reset connections'({ active: { proxy } }) {
    proxy.resetConnections()
  },

  async 'late replies'({ active: { proxy }, random }) {
    await proxy.setFaults({ stall: 'down' })
    await sleep(between(random, 200, 1500))
    await proxy.clearFaults()
  },

  async 'killed connections'({ active: { server } }) {
    await server.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  },

  async 'paused writes'({ active: { server }, random }) {
    const ms = between(random, 200, 900)
    await server.command('CLIENT', 'PAUSE', ms, 'WRITE')
    await sleep(ms)
  },

  async 'switch by the operator'({ group, standby }) {
    await group.switchTo(standby.id, { pin: false })
  },

  async drain({ group, active, random }) {
    await group.drain(active.id)
    await sleep(between(random, 50, 300))
    await group.resume(active.id)
  },

  /** The switch comes while the old endpoint hangs with commands in flight, which it executes when it goes on. */
  async 'switch away from a hanging endpoint'({ group, active, standby }) {
    await active.server.pause()
    await sleep(30)
    await group.switchTo(standby.id, { pin: false }).catch(() => undefined)
    await sleep(100)
    await active.server.resume()
  },
} satisfies Record<string, (context: FaultContext) => Promise<void>>

export type FaultName = keyof typeof FAULTS

/** So many faults, every kind as often as every other, in an order that the seed decides. */
export const planFaults = (count: number, random: Random): readonly FaultName[] => {
  const names = Object.keys(FAULTS) as FaultName[]
  const plan: FaultName[] = []
  while (plan.length < count) {
    const round = names.map((name) => ({ name, at: random() })).sort((a, b) => a.at - b.at)
    plan.push(...round.map(({ name }) => name))
  }
  return plan.slice(0, count)
}
