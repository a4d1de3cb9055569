import type { Callback, Redis, RedisOptions } from 'ioredis'
import { keepSecrets } from '../adapter/keep-secrets.ts'
import { checkDuplicateOptions } from '../client-options.ts'
import { addRoutedMethods } from './add-routed-methods.ts'
import { ClientEvents, withCallback } from './client-events.ts'
import type { CommandObject } from './internals.ts'
import { openMonitor } from './open-monitor.ts'
import { type Group, ROUTER, Router } from './router.ts'

// Without the overloads, whose options are those of one reply mapping each.
type RedisClass = new (options: RedisOptions) => Redis

/**
 * Makes the class of the transparent clients of one group: the user's own class, except that its commands go to whichever
 * endpoint serves. It never opens a connection of its own.
 */
export const createFailoverClass = (base: unknown, group: Group): RedisClass => {
  const Base = base as RedisClass

  class FailoverRedis extends Base {
    // Not #private: pipelines work on an object that inherits from the client.
    readonly [ROUTER]: Router
    readonly #events = new ClientEvents(this, group)

    constructor(options: RedisOptions) {
      super({ ...options, lazyConnect: true })
      this.options.lazyConnect = options.lazyConnect === true
      keepSecrets(this.options)
      const { commandTimeout, enableOfflineQueue } = options
      this[ROUTER] = new Router({
        group,
        commandTimeout,
        mayWait: enableOfflineQueue !== false,
        onChange: () => this.#events.refresh(this[ROUTER]),
        emitter: this,
        stringNumbers: options.stringNumbers === true,
      })
      if (options.lazyConnect !== true) this.#start().catch(() => {})
    }

    override sendCommand(command: Parameters<Redis['sendCommand']>[0]): unknown {
      this[ROUTER].send(command as unknown as CommandObject)
      return command.promise
    }

    override connect(callback?: Callback<void>): Promise<void> {
      return withCallback(this.#start(), callback)
    }

    override disconnect(reconnect = false): void {
      if (reconnect) this[ROUTER].reconnect()
      else void this[ROUTER].end(false)
    }

    override end(): void {
      this.disconnect()
    }

    override duplicate<Override extends Partial<RedisOptions> | undefined = undefined>(
      override?: Override,
    ): ReturnType<Redis['duplicate']> {
      checkDuplicateOptions(this.options, override ?? {})
      const duplicate = new FailoverRedis({ ...this.options, ...override })
      if (override?.connectionName != null) duplicate[ROUTER].connectionName.set(override.connectionName)
      return duplicate as ReturnType<Redis['duplicate']>
    }

    override monitor(callback?: Callback<Redis>): Promise<Redis> {
      return withCallback(openMonitor(this[ROUTER]), callback)
    }

    override _getServerAddress(): ReturnType<Redis['_getServerAddress']> {
      return this[ROUTER].route.current?.client._getServerAddress() ?? super._getServerAddress()
    }

    #start(): Promise<void> {
      return this.#events.start(this[ROUTER])
    }
  }

  addRoutedMethods(FailoverRedis.prototype, Base.prototype)
  Object.defineProperty(FailoverRedis.prototype, 'stream', {
    configurable: true,
    get(this: Redis & { readonly [ROUTER]: Router }) {
      return this[ROUTER]?.route.current?.client.stream
    },
    // ioredis would set it on connecting, which this client never does.
    set() {},
  })
  Object.defineProperty(FailoverRedis, 'name', { value: Base.name })
  return FailoverRedis
}
