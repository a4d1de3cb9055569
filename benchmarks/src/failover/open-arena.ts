import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, type RedisServer, startRedis, startSentinel } from '@redis-endpoint-failover/test-infra'
import type { BenchmarkClient, Standalone } from '../client/benchmark-client.ts'
import type { StallWatch } from '../measure/stall-watch.ts'
import { addressOf, startPair } from '../scenario/server-pair.ts'
import { Session } from '../scenario/session.ts'
import type { Arena } from './contender.ts'
import type { HaproxyChecks } from './haproxy-config.ts'
import { startHaproxy } from './start-haproxy.ts'

/** As of `startPair`: nothing acknowledged is forgotten by a server that is killed. */
const remembering = { appendonly: 'yes', appendfsync: 'no' }

/** Generous: 180 s, as it comes, would leave a promotion that failed once without another try for six minutes. */
const sentinelFailoverTimeout = 3000
const agreedForMs = 1000

type Undo = () => Promise<void>

/** Makes the parts of an arena one after another; where one cannot be made, those before it are undone. */
async function build(make: (undo: (step: Undo) => void) => Promise<Omit<Arena, 'stop'>>): Promise<Arena> {
  const steps: Undo[] = []
  const stop = async (): Promise<void> => {
    for (const step of steps.splice(0).reverse()) await step()
  }
  try {
    return { ...(await make((step) => steps.push(step))), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function connected(client: Standalone, undo: (step: Undo) => void): Promise<Standalone['client']> {
  undo(() => client.drop())
  await client.connect()
  return client.client
}

export const openOurs = (client: BenchmarkClient, preset: 'default' | 'fast', stalls: StallWatch): Promise<Arena> =>
  build(async (undo) => {
    const servers = await startPair()
    undo(() => servers.stop())
    const session = new Session(client, servers.addresses, { preset }, stalls)
    undo(() => session.close())
    await session.connect()
    return {
      commands: session.client,
      active: servers.east,
      counted: async () => [servers.east, servers.west],
    }
  })

export const openAlone = (client: BenchmarkClient): Promise<Arena> =>
  build(async (undo) => {
    const server = await startRedis({ name: 'east', args: remembering })
    undo(() => server.stop())
    const commands = await connected(client.createDefault(addressOf('east', server)), undo)
    return { commands, active: server, counted: async () => [server] }
  })

export const openHaproxy = (client: BenchmarkClient, checks: HaproxyChecks | undefined): Promise<Arena> =>
  build(async (undo) => {
    const servers = await startPair()
    undo(() => servers.stop())
    const haproxy = await startHaproxy({ servers: servers.addresses, checks })
    undo(() => haproxy.stop())
    const commands = await connected(client.createDefault(addressOf('haproxy', haproxy)), undo)
    return { commands, active: servers.east, counted: async () => [servers.east, servers.west] }
  })

export const openSentinel = (client: BenchmarkClient, downAfter: number): Promise<Arena> =>
  build(async (undo) => {
    const failoverTimeout = sentinelFailoverTimeout
    const deployment = await startSentinel({ replicas: 1, downAfter, failoverTimeout, args: remembering })
    undo(() => deployment.stop())
    const active = await deployment.primary()
    const commands = await connected(client.createSentinel(deployment.addresses, deployment.masterName), undo)
    return {
      commands,
      active,
      // One data set: what the primary has not kept is lost, and what a former primary has is overwritten.
      async counted() {
        let primary: RedisServer | undefined
        await eventually(
          async () => {
            const before = primary
            primary = await deployment.primary()
            await sleep(agreedForMs)
            return before === primary
          },
          { timeout: 20_000 },
        )
        return [primary!]
      },
    }
  })
