import { ConfigurationError, UnsupportedOperationError } from '@redis-endpoint-failover/core'
import type { Callback, Cluster, ClusterNode, ClusterOptions, NodeRole, Redis } from 'ioredis'
import { keepSecrets } from '../../adapter/keep-secrets.ts'
import { addRoutedMethods } from '../add-routed-methods.ts'
import { ClientEvents, withCallback } from '../client-events.ts'
import type { CommandObject } from '../internals.ts'
import { type Group, ROUTER, Router } from '../router.ts'
import { clusterAdviceFor } from './cluster-advice.ts'

// Without the type parameter for the reply mapping.
type ClusterClass = new (nodes: ClusterNode[], options: ClusterOptions) => Cluster

const SLOTS = 16_384
/** Where no cluster is known: as if each slot were nobody's, so that commands are built, and wait for an endpoint. */
const NO_SLOTS: string[][] = Array.from({ length: SLOTS }, () => [])

/** Options that belong to the client itself; a duplicate shares the connections of its group, and with them the rest. */
const OWN_OPTIONS: ReadonlySet<string> = new Set([
  'lazyConnect',
  'keyPrefix',
  'scripts',
  'enableAutoPipelining',
  'autoPipeliningIgnoredCommands',
  'enableOfflineQueue',
  'showFriendlyErrorStack',
])

/**
 * Makes the class of the transparent Cluster clients of one group: the user's own class, except that its commands go to
 * whichever cluster serves. It never opens a connection of its own.
 */
export const createFailoverClusterClass = (base: unknown, group: Group): ClusterClass => {
  const Base = base as ClusterClass

  class FailoverCluster extends Base {
    // Not #private: pipelines work on an object that inherits from the client.
    readonly [ROUTER]: Router
    readonly #events = new ClientEvents(this, group)

    // The nodes are the endpoints'.
    constructor(_nodes: ClusterNode[], options: ClusterOptions) {
      super([], { ...options, lazyConnect: true })
      this.options.lazyConnect = options.lazyConnect === true
      keepSecrets(this.options.redisOptions)
      this[ROUTER] = new Router({
        group,
        commandTimeout: options.redisOptions?.commandTimeout,
        mayWait: options.enableOfflineQueue !== false,
        onChange: () => this.#events.refresh(this[ROUTER]),
        emitter: this,
        stringNumbers: options.redisOptions?.stringNumbers === true,
      })
      // ioredis makes them own properties, and its automatic pipelines read them.
      Object.defineProperty(this, 'slots', { get: () => this.#slots(), set: () => {}, configurable: true })
      if (options.lazyConnect !== true) this.#events.start(this[ROUTER]).catch(() => {})
    }

    override sendCommand(command: Parameters<Cluster['sendCommand']>[0]): unknown {
      const { name } = command
      const advice = clusterAdviceFor(name)
      if (advice === undefined) this[ROUTER].send(command as unknown as CommandObject)
      else command.reject(new UnsupportedOperationError(name.toUpperCase(), advice))
      return command.promise
    }

    override connect(): Promise<void> {
      return this.#events.start(this[ROUTER])
    }

    override disconnect(reconnect = false): void {
      if (reconnect) this[ROUTER].reconnect()
      else void this[ROUTER].end(false)
    }

    override quit(callback?: Callback<'OK'>): Promise<'OK'> {
      return withCallback(
        this[ROUTER].end(true).then(() => 'OK' as const),
        callback,
      )
    }

    override duplicate<Override extends ClusterOptions | undefined = undefined>(
      overrideStartupNodes: ClusterNode[] = [],
      overrideOptions?: Override,
    ): ReturnType<Cluster['duplicate']> {
      checkDuplicate(this.options, overrideStartupNodes, overrideOptions ?? {})
      const copy = new FailoverCluster([], { ...this.options, ...overrideOptions })
      return copy as unknown as ReturnType<Cluster['duplicate']>
    }

    override nodes(role: NodeRole = 'all'): Redis[] {
      // Checks the role, too.
      return this.#current?.nodes(role) ?? super.nodes(role)
    }

    override refreshSlotsCache(callback?: Callback<void>): void {
      const current = this.#current
      if (current !== undefined) current.refreshSlotsCache(callback)
      else callback?.(null)
    }

    override delayUntilReady(callback: Callback): void {
      this.#events.start(this[ROUTER]).then(() => callback(null), callback)
    }

    get #current(): Cluster | undefined {
      return this[ROUTER].route.current?.client as unknown as Cluster | undefined
    }

    #slots(): string[][] {
      const slots = this.#current?.slots
      // All commands of an automatic pipeline go out in one turn, whatever their slots.
      return slots?.length !== SLOTS || this.options.enableAutoPipelining === true ? NO_SLOTS : slots
    }
  }

  addRoutedMethods(FailoverCluster.prototype, Base.prototype)
  Object.defineProperty(FailoverCluster, 'name', { value: Base.name })
  return FailoverCluster
}

const checkDuplicate = (current: ClusterOptions, nodes: readonly ClusterNode[], options: ClusterOptions): void => {
  const others = Object.entries(options).filter(
    ([name, value]) => !OWN_OPTIONS.has(name) && value !== (current as Record<string, unknown>)[name],
  )
  const name = nodes.length > 0 ? 'overrideStartupNodes' : others[0]?.[0]
  if (name === undefined) return
  throw new ConfigurationError(
    `duplicate().${name}`,
    'different',
    'left out: a duplicate shares the endpoints of its group; create another group for another cluster',
  )
}
