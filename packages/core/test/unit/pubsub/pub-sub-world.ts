import type { SubscriptionKind } from '../../../src/index.ts'
import type { Subscriber } from '../../../src/pubsub/subscriber.ts'
import type { ScriptedClient } from '../../../src/testing.ts'
import { type Options, settle, World } from '../group/world.ts'

export interface Received {
  readonly kind: SubscriptionKind
  readonly message: string
  readonly channel: string
  readonly pattern: string | undefined
}

/** A world with one subscribing client. */
export class PubSubWorld extends World {
  readonly received: Received[] = []
  readonly subscriber: Subscriber<ScriptedClient>
  onMessage: (received: Received) => void = () => {}

  constructor(options: Options = {}) {
    super({ failback: { mode: 'never' }, ...options })
    this.subscriber = this.group.createSubscriber((kind, message, channel, pattern) => {
      const received = { kind, message: String(message), channel: String(channel), pattern: pattern?.toString() }
      this.received.push(received)
      this.onMessage(received)
    })
  }

  get messages(): readonly string[] {
    return this.received.map(({ message }) => message)
  }

  /** Subscribes, and waits for the end of that. */
  async subscribe(...names: string[]) {
    const settled = settle(this.subscriber.subscribe('channel', names))
    await this.clock.runUntil(() => settled.outcome !== 'pending')
    return settled
  }

  /** Connections that carry subscriptions now, at all endpoints. */
  get sources(): number {
    return ['east', 'west'].flatMap((id) => this.endpoint(id).connections.filter((one) => one.isSubscriber)).length
  }
}

export const startPubSub = async (options: Options = {}): Promise<PubSubWorld> => {
  const world = new PubSubWorld(options)
  await world.start()
  return world
}
