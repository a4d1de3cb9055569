import { FailoverError } from '../../../errors.ts'
import type { Subscriber } from '../../../pubsub/subscriber.ts'
import type { ScriptedClient } from '../../scripted/scripted-connection.ts'
import type { Draw } from '../plan/draw.ts'
import type { SimulatedGroup } from './simulated-group.ts'

/** Clients that subscribe at most. */
const CLIENTS = 3

/** Channels that everybody publishes on. */
export const CHANNELS = ['news', 'prices'] as const

/** Subscribes, or ends a subscription, each time it is called. */
export const makeSubscriptions = (world: SimulatedGroup, draw: Draw): (() => void) => {
  const { group, messages, ledger, violate } = world
  const subscribers: { subscriber: Subscriber<ScriptedClient>; channels: Set<string> }[] = []

  const open = () => {
    const number = subscribers.length
    const made = {
      subscriber: group.createSubscriber((_kind, message, channel) =>
        messages.onMessage(number, channel.toString(), message.toString()),
      ),
      channels: new Set<string>(),
    }
    subscribers.push(made)
    return made
  }

  return () => {
    const isNew = subscribers.length < CLIENTS && draw.chance(0.5)
    const channel = draw.pick(CHANNELS)
    const isEnd = draw.chance(0.3)
    void change(isNew, channel, isEnd)
  }

  async function change(isNew: boolean, channel: string, isEnd: boolean): Promise<void> {
    const call = ledger.begin({ kind: 'subscription', writes: [], repeatable: true, timeoutMs: Infinity })
    try {
      const one = isNew ? open() : (subscribers[0] ?? open())
      if (one.channels.has(channel) && isEnd) {
        one.channels.delete(channel)
        await one.subscriber.unsubscribe('channel', [channel])
      } else {
        one.channels.add(channel)
        await one.subscriber.subscribe('channel', [channel])
      }
      ledger.settle(call, 'acknowledged')
    } catch (error) {
      if (!FailoverError.isInstance(error) && (error as { kind?: string }).kind === undefined)
        violate(6, `subscribing failed in an unexpected way: ${error}`)
      ledger.settle(call, 'refused', FailoverError.isInstance(error) ? error.code : 'server')
    }
  }
}
