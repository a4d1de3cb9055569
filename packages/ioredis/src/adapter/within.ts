import type { TopologyQuestion } from '@redis-endpoint-failover/core'

/** What `promise` resolves with, or `undefined` when that takes too long or nobody waits any more. */
export const within = <T>(promise: Promise<T>, { signal, timeoutMs }: TopologyQuestion): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => resolve(undefined)
    const timer = setTimeout(giveUp, timeoutMs)
    signal.addEventListener('abort', giveUp, { once: true })
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    })
    if (signal.aborted) giveUp()
  })
