import type { TopologyQuestion } from '@redis-endpoint-failover/core'

/** Rejects when the time for the question is over, or nobody waits for its answer any more. */
export const inTime = <T>({ signal, timeoutMs }: TopologyQuestion, work: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    const onAbort = (): void => end(() => reject(signal.reason))
    const timer = setTimeout(() => end(() => reject(new Error('There was no answer in time.'))), timeoutMs)
    signal.addEventListener('abort', onAbort, { once: true })
    work().then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    )
  })
