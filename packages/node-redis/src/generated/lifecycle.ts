import { UnsupportedOperationError } from '@redis-endpoint-failover/core'
import { REFUSED_METHODS } from '../routed/refusals.ts'
import type { LateRouter } from './late-router.ts'

const WATCHED =
  "watch keys on the client that group.acquire() or the client's own use(), acquire() or execute() hands out."

/** Methods whose answer is about the group, and those that have none there. */
export const lifecycleOf = (phantom: object, router: LateRouter, duplicate: (overrides: unknown) => unknown) => {
  const { group, route } = router
  let isClosed = false

  const close = (graceful: boolean): Promise<void> => {
    isClosed = true
    try {
      // It never connected, but it may be registered for metrics.
      Promise.resolve((phantom as { destroy(): unknown }).destroy()).catch(() => {})
    } catch {
      // Some versions throw where nothing is open.
    }
    return router.close(graceful)
  }

  const methods: Record<string, (this: unknown, ...args: unknown[]) => unknown> = {
    async connect() {
      await group.start()
      await route.ready()
      return this
    },
    close: () => close(true),
    destroy: () => close(false),
    disconnect: () => close(false),
    quit: () => close(true).then(() => 'OK'),
    QUIT: () => close(true).then(() => 'OK'),
    ref: () => void group.ref(),
    unref: () => void group.unref(),
    duplicate: (overrides) => duplicate(overrides),
    ...refusals({
      ...{ watch: WATCHED, WATCH: WATCHED, unwatch: WATCHED, UNWATCH: WATCHED },
      ...REFUSED_METHODS,
    }),
    createPool() {
      throw new UnsupportedOperationError('createPool()', 'use createFailoverPool().')
    },
    legacy() {
      throw new UnsupportedOperationError('legacy()', 'call the methods of this client, which return promises.')
    },
  }
  const getters: Record<string, () => unknown> = {
    isOpen: () => !isClosed && group.lifecycle === 'started',
    isReady: () => route.current !== undefined,
    isPubSubActive: () => router.subscriber.isActive,
    isWatching: () => false,
    isDirtyWatch: () => false,
  }
  return { methods, getters }
}

const refusals = (refused: Readonly<Record<string, string>>): Record<string, () => Promise<never>> =>
  Object.fromEntries(
    Object.entries(refused).map(([name, whatToDo]) => [
      name,
      () => Promise.reject(new UnsupportedOperationError(`${name}()`, whatToDo)),
    ]),
  )
