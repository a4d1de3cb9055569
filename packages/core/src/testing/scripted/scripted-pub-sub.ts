import type { SubscriptionKind } from '../../adapter/subscriber-link.ts'
import { replyError } from './scripted-commands.ts'
import type { ScriptedConnection } from './scripted-connection.ts'

/** The commands of each kind of subscription. */
export const SUBSCRIBE_COMMANDS = {
  channel: { subscribe: 'SUBSCRIBE', unsubscribe: 'UNSUBSCRIBE' },
  pattern: { subscribe: 'PSUBSCRIBE', unsubscribe: 'PUNSUBSCRIBE' },
  shardChannel: { subscribe: 'SSUBSCRIBE', unsubscribe: 'SUNSUBSCRIBE' },
} as const satisfies Record<SubscriptionKind, { subscribe: string; unsubscribe: string }>

const KINDS = Object.keys(SUBSCRIBE_COMMANDS) as SubscriptionKind[]

/** Who is subscribed to what at one scripted endpoint. Patterns know `*` at their end only. */
export class ScriptedPubSub {
  /** The name to which nobody may subscribe: SUBSCRIBE is answered NOPERM. */
  denied: string | undefined
  readonly #subscribed = new Map<ScriptedConnection, Readonly<Record<SubscriptionKind, Set<string>>>>()

  /** The names that are subscribed to, over all connections. */
  get names(): readonly string[] {
    return [...this.#subscribed.values()].flatMap((byKind) => KINDS.flatMap((kind) => [...byKind[kind]]))
  }

  /** The reply to a subscribing or unsubscribing command; `undefined` for any other one. */
  execute(connection: ScriptedConnection, [command = '', ...names]: readonly string[]): number | undefined {
    const kind = KINDS.find((one) => Object.values<string>(SUBSCRIBE_COMMANDS[one]).includes(command))
    if (kind === undefined) return undefined
    const isSubscribe = command === SUBSCRIBE_COMMANDS[kind].subscribe
    if (isSubscribe && this.denied !== undefined && names.includes(this.denied))
      throw replyError('NOPERM this user has no permissions to access one of the channels used as arguments')
    let byKind = this.#subscribed.get(connection)
    if (byKind === undefined) {
      byKind = { channel: new Set(), pattern: new Set(), shardChannel: new Set() }
      this.#subscribed.set(connection, byKind)
    }
    for (const name of names) {
      if (isSubscribe) byKind[kind].add(name)
      else byKind[kind].delete(name)
    }
    return byKind.channel.size + byKind.pattern.size + byKind.shardChannel.size
  }

  /** Sends the message to channels, patterns and shard channels alike, after `delayMs`. */
  publish(channel: string, message: string, delayMs: number): void {
    for (const [connection, byKind] of this.#subscribed) {
      const send = (kind: SubscriptionKind, pattern?: string): void =>
        connection.sendToClient(delayMs, () =>
          connection.receivePush(message.length, ({ onMessage }) =>
            onMessage(
              kind,
              Buffer.from(message),
              Buffer.from(channel),
              pattern === undefined ? undefined : Buffer.from(pattern),
            ),
          ),
        )
      if (byKind.channel.has(channel)) send('channel')
      for (const pattern of byKind.pattern)
        if (pattern.endsWith('*') ? channel.startsWith(pattern.slice(0, -1)) : channel === pattern)
          send('pattern', pattern)
      if (byKind.shardChannel.has(channel)) send('shardChannel')
    }
  }

  /** Ends a shard subscription of everybody without being asked, like a slot that moves away. */
  endShardChannel(name: string, delayMs = 0): void {
    for (const [connection, byKind] of this.#subscribed) {
      if (!byKind.shardChannel.delete(name)) continue
      connection.sendToClient(delayMs, () => connection.receivePush(1, ({ onEnded }) => onEnded('shardChannel', name)))
    }
  }

  /** The connection was closed. */
  forget(connection: ScriptedConnection): void {
    this.#subscribed.delete(connection)
  }
}
