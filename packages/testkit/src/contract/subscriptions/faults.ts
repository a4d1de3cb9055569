import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { type Id, type SubscriptionStage, subscriberConnections } from './subscription-bench.ts'

/** Does something to the endpoint that the client is subscribed at, and undoes it. */
export type Fault = (stage: SubscriptionStage, active: Id) => Promise<void>

const otherOf = (id: Id): Id => (id === 'east' ? 'west' : 'east')
const moves = ({ events }: SubscriptionStage): number => events.named('subscriptions-moved').length

const untilMoved = async (stage: SubscriptionStage, disturb: () => Promise<unknown>): Promise<void> => {
  const before = moves(stage)
  await disturb()
  await eventually(() => moves(stage) > before, { timeout: 8000 })
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  crash: async (stage, active) => {
    const { server } = stage.places[active]
    await untilMoved(stage, () => server.kill())
    await server.restart()
  },
  hang: async (stage, active) => {
    const { server } = stage.places[active]
    await untilMoved(stage, () => server.pause())
    await server.resume()
  },
  'killed connection': (stage, active) =>
    untilMoved(stage, () => stage.places[active].server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')),
  'half-open connection': (stage, active) =>
    untilMoved(stage, async () => {
      const connections = await subscriberConnections(stage.places[active])
      for (const connection of connections) connection.setFaults({ blackhole: true })
    }),
  'there and back': async (stage, active) => {
    const { group } = stage.client
    await untilMoved(stage, () => group.switchTo(otherOf(active)))
    await sleep(Math.random() * 20)
    await untilMoved(stage, () => group.switchTo(active))
  },
  // The second switch may come before the first one's subscription is confirmed.
  'there and back at once': async (stage, active) => {
    const { group } = stage.client
    await untilMoved(stage, async () => {
      await group.switchTo(otherOf(active))
      await group.switchTo(active)
    })
  },
  drain: async (stage, active) => {
    const { group } = stage.client
    await untilMoved(stage, () => group.drain(active))
    await group.resume(active)
  },
}
