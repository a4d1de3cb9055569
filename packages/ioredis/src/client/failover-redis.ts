import { UnsupportedOperationError } from '@redis-endpoint-failover/core'
import type { Callback, Redis, RedisOptions } from 'ioredis'
import { checkDuplicateOptions } from '../client-options.ts'
import { adviceFor } from './advice.ts'
import { bindPipeline } from './bind-pipeline.ts'
import { type ClientStatus, eventsBetween, statusOf } from './client-status.ts'
import type { CommandObject, PipelineObject } from './internals.ts'
import { type Group, Router } from './router.ts'
import { guardScanStream, type ScanStreamObject } from './scan-guard.ts'

// Without the overloads, whose options are those of one reply mapping each.
type RedisClass = new (options: RedisOptions) => Redis
type PipelineMaker = (...args: unknown[]) => PipelineObject
type ScanStreamMaker = (command: string, options: object) => ScanStreamObject

const ROUTER = Symbol('redis-endpoint-failover.router')

const withCallback = <T>(promise: Promise<T>, callback: Callback<T> | undefined): Promise<T> => {
  if (callback !== undefined) promise.then((value) => callback(null, value), callback)
  return promise
}

/**
 * Makes the class of the transparent clients of one group: the user's own class, except that its commands go to whichever
 * endpoint serves. It never opens a connection of its own.
 */
export const createFailoverClass = (base: unknown, group: Group): RedisClass => {
  const Base = base as RedisClass

  class FailoverRedis extends Base {
    // Not #private: pipelines work on an object that inherits from the client.
    readonly [ROUTER]: Router

    constructor(options: RedisOptions) {
      super({ ...options, lazyConnect: true })
      this.options.lazyConnect = options.lazyConnect === true
      const { commandTimeout, enableOfflineQueue } = options
      this[ROUTER] = new Router({
        group,
        commandTimeout,
        mayWait: enableOfflineQueue !== false,
        onChange: () => this.#refreshStatus(),
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
      return new FailoverRedis({ ...this.options, ...override }) as ReturnType<Redis['duplicate']>
    }

    override monitor(callback?: Callback<Redis>): Promise<Redis> {
      return withCallback(Promise.reject(new UnsupportedOperationError('MONITOR', adviceFor('monitor'))), callback)
    }

    override _getServerAddress(): ReturnType<Redis['_getServerAddress']> {
      return this[ROUTER].route.current?.client._getServerAddress() ?? super._getServerAddress()
    }

    async #start(): Promise<void> {
      this[ROUTER].reopen()
      try {
        await this[ROUTER].start()
      } catch (error) {
        this.#emitError(error)
        throw error
      }
    }

    #refreshStatus(): void {
      const before = this.status as ClientStatus
      const now = statusOf(this[ROUTER], before)
      this.status = now
      for (const event of eventsBetween(before, now)) process.nextTick(() => this.emit(event))
      if (now === 'end') group.off('all-down', this.#onAllDown)
      else if (before === 'wait' || before === 'end') group.on('all-down', this.#onAllDown)
    }

    readonly #onAllDown = ({ causes }: { causes: Readonly<Record<string, string>> }): void => {
      const listed = Object.entries(causes).map(([id, why]) => `${id}: ${why}`)
      this.#emitError(new Error(`All endpoints of the failover group "${group.name}" are down (${listed.join('; ')}).`))
    }

    // Only to listeners: the group goes on by itself, and each command says what became of it.
    #emitError(error: unknown): void {
      if (this.listenerCount('error') > 0) this.emit('error', error)
    }
  }

  addHidden(FailoverRedis.prototype, Base.prototype)
  Object.defineProperty(FailoverRedis, 'name', { value: Base.name })
  return FailoverRedis
}

/** What the types of ioredis declare as private, or as plain fields. */
const addHidden = (prototype: object, base: object): void => {
  const inherited = base as { pipeline: PipelineMaker; multi: PipelineMaker; createScanStream: ScanStreamMaker }
  type Client = Redis & { readonly [ROUTER]: Router }
  const bound = (make: PipelineMaker): PipelineMaker =>
    function (this: Client, ...args) {
      const pipeline = make.apply(this, args)
      if (pipeline instanceof Promise) return pipeline
      bindPipeline(pipeline, this, this[ROUTER])
      return pipeline
    }
  const define = (name: string, descriptor: PropertyDescriptor): void => {
    Object.defineProperty(prototype, name, { configurable: true, ...descriptor })
  }
  define('pipeline', { writable: true, value: bound(inherited.pipeline) })
  define('multi', { writable: true, value: bound(inherited.multi) })
  define('createScanStream', {
    writable: true,
    value: function (this: Client, command: string, options: object): ScanStreamObject {
      const stream = inherited.createScanStream.call(this, command, options)
      guardScanStream(stream, this, this[ROUTER])
      return stream
    },
  })
  define('stream', {
    get(this: Client) {
      return this[ROUTER]?.route.current?.client.stream
    },
    // ioredis would set it on connecting, which this client never does.
    set() {},
  })
}
