import type { Subscriber, SubscriptionKind } from '@redis-endpoint-failover/core'
import type { ChannelListeners, MessageListener, PubSubType } from '../native/internals.ts'
import { type MessageListeners, TYPE_OF } from './message-listeners.ts'

type Names = string | readonly string[]

/** The methods of node-redis, by kind: lower camel case, and as the command is called. */
const METHODS: Readonly<Record<SubscriptionKind, { readonly subscribe: string; readonly unsubscribe: string }>> = {
  channel: { subscribe: 'subscribe', unsubscribe: 'unsubscribe' },
  pattern: { subscribe: 'pSubscribe', unsubscribe: 'pUnsubscribe' },
  shardChannel: { subscribe: 'sSubscribe', unsubscribe: 'sUnsubscribe' },
}

const KINDS = Object.keys(METHODS) as SubscriptionKind[]

/** What subscriptions need of the client that they belong to. */
export interface PubSubRouter {
  readonly subscriber: Subscriber<unknown>
  /** @throws ClientClosedError before `connect()` */
  refuseIdle(): void
}

type Methods = Readonly<Record<string, (...args: never[]) => Promise<void>>>

/** Subscriptions that follow the active endpoint, by the methods of node-redis. */
export const pubSubMethods = (router: PubSubRouter, listeners: MessageListeners): Methods => {
  const { subscriber } = router

  const subscribe =
    (kind: SubscriptionKind) =>
    async (names: Names, listener: MessageListener, bufferMode = false): Promise<void> => {
      router.refuseIdle()
      if (typeof listener !== 'function')
        throw new TypeError(`${METHODS[kind].subscribe}() needs a listener, which is called with each message.`)
      const list = listOf(names)
      // Before the server knows: a message may come right behind its confirmation.
      const added = listeners.add(kind, list, listener, bufferMode)
      try {
        await subscriber.subscribe(kind, list)
      } catch (error) {
        listeners.detach(kind, listeners.removeFromShared(kind, added, listener, bufferMode))()
        throw error
      }
    }

  const unsubscribe =
    (kind: SubscriptionKind) =>
    async (names?: Names, listener?: MessageListener, bufferMode = false): Promise<void> => {
      router.refuseIdle()
      const given = names === undefined ? undefined : listOf(names)
      const list =
        given === undefined || listener === undefined
          ? given
          : listeners.removeFromShared(kind, given, listener, bufferMode)
      const end = listeners.detach(kind, list)
      try {
        await subscriber.unsubscribe(kind, list)
      } finally {
        end()
      }
    }

  const extend = async (type: PubSubType, added: ReadonlyMap<string, ChannelListeners>): Promise<void> => {
    router.refuseIdle()
    const kind = KINDS.find((one) => TYPE_OF[one] === type)
    if (kind === undefined) throw new TypeError(`There is no kind of subscription "${type}".`)
    for (const [name, own] of added) listeners.extend(kind, name, own)
    await subscriber.subscribe(kind, [...added.keys()])
  }

  const ofKinds = KINDS.flatMap((kind) => [
    [METHODS[kind].subscribe, subscribe(kind)] as const,
    [METHODS[kind].unsubscribe, unsubscribe(kind)] as const,
  ])
  return {
    ...Object.fromEntries(ofKinds.flatMap(([name, method]) => [[name, method] as const, [name.toUpperCase(), method]])),
    extendPubSubListeners: extend,
    extendPubSubChannelListeners: (type: PubSubType, channel: string, own: ChannelListeners) =>
      extend(type, new Map([[channel, own]])),
  }
}

const listOf = (names: Names): string[] => (Array.isArray(names) ? names : [names]).map(String)
