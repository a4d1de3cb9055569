import { UnsupportedOperationError } from '@redis-endpoint-failover/core'
import { findInternals } from '../native/find-internals.ts'
import type { CommandOptions, Internals } from '../native/internals.ts'
import type { NodeRedisClient } from '../native/node-redis-client.ts'
import { routedClientOptions } from '../options/connection-options.ts'
import type { NodeRedisOptions } from '../options/node-redis-options.ts'
import { installBatchFunnel } from './batch-funnel.ts'
import { installCommandFunnel } from './command-funnel.ts'
import { guardCursors } from './cursors.ts'
import { forwardEvents, installLifecycle } from './lifecycle.ts'
import { MessageListeners } from './message-listeners.ts'
import { pubSubMethods } from './pub-sub.ts'
import { type Group, Router } from './router.ts'
import { WatchedKeys } from './watched-keys.ts'

export interface RoutedClientInput<TClient> {
  readonly create: (options: NodeRedisOptions) => TClient
  readonly clientOptions: NodeRedisOptions
  readonly group: Group
}

/** What `duplicate()` may override: what is the client's own, not its connections'. */
interface DuplicateOptions {
  readonly commandOptions?: CommandOptions
  readonly name?: string
}

/** What one client has for itself. */
interface OwnSettings {
  readonly timeout: number | undefined
  /** For CLIENT LIST, where it differs from that of the group's connections. */
  readonly name?: string | undefined
}

/**
 * Makes of a client that never connects one whose commands go to whichever endpoint serves: everything that it, its
 * views, its namespaces and its batches send passes through five methods, which are replaced.
 */
export const routeClient = <TClient extends NodeRedisClient>(
  client: TClient,
  input: RoutedClientInput<TClient>,
  { timeout, name }: OwnSettings = { timeout: input.clientOptions.commandOptions?.timeout },
): TClient => {
  const internals = findInternals(client)
  const listeners = new MessageListeners({
    listenersOf: (type) => internals.getPubSubListeners(type),
    onError: (error) => internals.emit('error', error),
  })
  const router = new Router(input.group, {
    maxInFlight: input.clientOptions.commandsQueueMaxLength,
    timeout,
    onMessage: listeners.onMessage,
  })
  if (name !== undefined) router.connectionName.set(name)
  const watched = new WatchedKeys(router)
  installCommandFunnel(internals, router)
  installBatchFunnel(internals, router, watched)
  guardCursors(internals, router)
  Object.assign(internals, pubSubMethods(router, listeners))
  installLifecycle(internals, router, watched)
  forwardEvents(internals, router)
  Object.assign(internals, {
    duplicate(this: Internals, overrides?: object) {
      const { commandOptions, name, ...others } = (overrides ?? {}) as DuplicateOptions
      refuseOverrides(others)
      const own = { ...this._commandOptions, ...commandOptions }
      const duplicate = makeRoutedClient(input, own as NodeRedisOptions['commandOptions'])
      return routeClient(duplicate, input, { timeout: own.timeout ?? timeout, name })
    },
  })
  return client
}

/** Makes the client to be routed. */
export const makeRoutedClient = <TClient>(
  { create, clientOptions }: Omit<RoutedClientInput<TClient>, 'group'>,
  commandOptions: NodeRedisOptions['commandOptions'] = clientOptions.commandOptions,
): TClient =>
  create(routedClientOptions({ ...clientOptions, ...(commandOptions === undefined ? {} : { commandOptions }) }))

const refuseOverrides = (overrides: object): void => {
  const names = Object.keys(overrides)
  if (names.length === 0) return
  throw new UnsupportedOperationError(
    `duplicate() with ${names.join(', ')}`,
    'a duplicate shares the endpoints of its group; only commandOptions and name may differ. Make another group for other connections.',
  )
}
