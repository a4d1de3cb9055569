import type { MessageHandler, Subscriber, SubscriptionKind } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import type { CommandObject } from './internals.ts'
import type { Group } from './router.ts'

/** The commands, by their names. */
const FAMILY: Readonly<Record<string, readonly [kind: SubscriptionKind, isSubscribe: boolean]>> = {
  subscribe: ['channel', true],
  unsubscribe: ['channel', false],
  psubscribe: ['pattern', true],
  punsubscribe: ['pattern', false],
  ssubscribe: ['shardChannel', true],
  sunsubscribe: ['shardChannel', false],
}

/** The client whose events the messages become. */
export interface MessageEmitter {
  emit(event: string, ...args: unknown[]): boolean
  listenerCount(event: string): number
}

export interface SubscriptionsOptions {
  readonly group: Group
  readonly emitter: MessageEmitter
  /** `stringNumbers` of ioredis. */
  readonly stringNumbers: boolean
  /** Milliseconds for one command, over the group's. */
  readonly commandTimeout: number | undefined
}

/** The subscriptions of one transparent client, with the commands and events of ioredis. */
export class Subscriptions {
  readonly #group: Group
  readonly #emitter: MessageEmitter
  readonly #stringNumbers: boolean
  readonly #options: { readonly commandTimeout?: number }
  #subscriber: Subscriber<Redis> | undefined

  constructor({ group, emitter, stringNumbers, commandTimeout }: SubscriptionsOptions) {
    this.#group = group
    this.#emitter = emitter
    this.#stringNumbers = stringNumbers
    this.#options = commandTimeout === undefined ? {} : { commandTimeout }
  }

  static handles(name: string): boolean {
    return name.toLowerCase() in FAMILY
  }

  /** Takes a command of the family and settles it, with the number of subscriptions that a server would count. */
  run(command: CommandObject): void {
    const name = command.name.toLowerCase()
    const [kind, isSubscribe] = FAMILY[name]!
    const { args } = command
    if (isSubscribe && args.length === 0) {
      command.reject(new Error(`ERR wrong number of arguments for '${name}' command`))
      return
    }
    this.#subscriber ??= this.#group.createSubscriber(this.#onMessage, this.#options)
    const subscriber = this.#subscriber
    const done = isSubscribe
      ? subscriber.subscribe(kind, args)
      : subscriber.unsubscribe(kind, args.length === 0 ? undefined : args)
    // As it is once this command is done, whatever is sent meanwhile.
    const count =
      kind === 'shardChannel' ? subscriber.count(kind) : subscriber.count('channel') + subscriber.count('pattern')
    done.then(() => command.resolve(this.#stringNumbers ? String(count) : count), command.reject)
  }

  /** Gives the connection up, and uses a new one. */
  renew(): void {
    this.#subscriber?.renew()
  }

  /** Ends them. The next command starts afresh. */
  close(): void {
    this.#subscriber?.close()
    this.#subscriber = undefined
  }

  readonly #onMessage: MessageHandler = (kind, message, channel, pattern) => {
    if (kind === 'pattern') {
      const patternText = String(pattern)
      this.#emitText('pmessage', patternText, channel, message)
      this.#emit('pmessageBuffer', patternText, channel, message)
    } else {
      const event = kind === 'channel' ? 'message' : 'smessage'
      this.#emitText(event, channel, message)
      this.#emit(`${event}Buffer`, channel, message)
    }
  }

  #emitText(event: string, ...args: readonly (string | Buffer)[]): void {
    if (this.#emitter.listenerCount(event) > 0) this.#emit(event, ...args.map(String))
  }

  // As in ioredis: what a listener throws is uncaught, and costs the connection nothing.
  #emit(event: string, ...args: unknown[]): void {
    try {
      this.#emitter.emit(event, ...args)
    } catch (error) {
      process.nextTick(() => {
        throw error
      })
    }
  }
}
