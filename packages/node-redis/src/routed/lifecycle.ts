import { NoEndpointAvailableError, UnsupportedOperationError } from '@redis-endpoint-failover/core'
import type { Internals } from '../native/internals.ts'
import { REFUSED_METHODS } from './refusals.ts'
import type { Group, Router } from './router.ts'
import type { WatchedKeys } from './watched-keys.ts'

/** Connecting and ending, what the client says about its state, and what it does not do. */
export const installLifecycle = (client: Internals, router: Router, watched: WatchedKeys): void => {
  const { group, route } = router
  const endPhantom = client.destroy.bind(client)
  let isClosed = false

  const close = (graceful: boolean): Promise<void> => {
    isClosed = true
    try {
      // It never connected, but it may be registered for metrics.
      endPhantom()
    } catch {
      // node-redis 5 throws where nothing is open.
    }
    return router.close(graceful)
  }

  Object.assign(client, {
    async connect(this: unknown) {
      await group.start()
      await route.ready()
      return this
    },
    close: () => close(true),
    destroy: () => void close(false),
    disconnect: () => close(false),
    quit: () => close(true).then(() => 'OK'),
    QUIT: () => close(true).then(() => 'OK'),
    ref: () => void group.ref(),
    unref: () => void group.unref(),
    watch: (keys: unknown) => watched.watch(keys),
    WATCH: (keys: unknown) => watched.watch(keys),
    unwatch: () => watched.unwatch(),
    UNWATCH: () => watched.unwatch(),
    setDirtyWatch: (message: string) => watched.setDirty(message),
    createPool() {
      throw new UnsupportedOperationError(
        'createPool()',
        'make further clients of the same group with client.duplicate().',
      )
    },
  })
  for (const [name, whatToDo] of Object.entries(REFUSED_METHODS)) {
    const refuse = (): Promise<never> => Promise.reject(new UnsupportedOperationError(`${name}()`, whatToDo))
    Object.defineProperty(client, name, { value: refuse, configurable: true, writable: true })
  }
  defineGetters(client, {
    isOpen: () => !isClosed && group.lifecycle === 'started',
    isReady: () => route.current !== undefined,
    isPubSubActive: () => router.subscriber.isActive,
    isWatching: () => watched.isWatching,
    isDirtyWatch: () => watched.isDirty,
    // Changes with the connection, as it does where there is only one socket.
    socketEpoch: () => route.current?.id ?? 0,
    clientSideCache: () => (route.current?.client as Internals | undefined)?.clientSideCache,
  })
}

/**
 * Emits what node-redis would: `connect` and `ready` when commands can be sent, `reconnecting` when they cannot,
 * `end` at the end. `error` tells that no endpoint is left, and only where somebody listens: unlike with a single
 * connection, losing one is no error of the client's, and must not end the process.
 */
export const forwardEvents = (
  client: Internals,
  router: { readonly group: Pick<Group, 'name' | 'on'>; readonly route: Router['route'] },
): void => {
  const { group, route } = router
  let wasReady = false
  let hasEnded = false
  route.onChange(() => {
    const isReady = route.current !== undefined
    if (route.isClosed) {
      if (!hasEnded) client.emit('end')
      hasEnded = true
    } else if (isReady && !wasReady) {
      client.emit('connect')
      client.emit('ready')
    } else if (!isReady && wasReady) {
      client.emit('reconnecting')
    }
    wasReady = isReady
  })
  group.on('all-down', ({ causes }) => {
    if (!route.isClosed && client.listenerCount('error') > 0)
      client.emit('error', new NoEndpointAvailableError(group.name, 0, causes))
  })
}

const defineGetters = (client: Internals, getters: Readonly<Record<string, () => unknown>>): void => {
  for (const [name, get] of Object.entries(getters)) Object.defineProperty(client, name, { get, configurable: true })
}
