import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'

/** How a promise ended, and when; `pending` if it has not within the time given. */
export type Settled =
  | { readonly state: 'resolved'; readonly value: unknown; readonly afterMs: number }
  | { readonly state: 'rejected'; readonly error: unknown; readonly afterMs: number }
  | { readonly state: 'pending' }

const watch = (promise: Promise<unknown>): { current: Settled } => {
  const start = performance.now()
  const seen: { current: Settled } = { current: { state: 'pending' } }
  promise.then(
    (value) => {
      seen.current = { state: 'resolved', value, afterMs: performance.now() - start }
    },
    (error: unknown) => {
      seen.current = { state: 'rejected', error, afterMs: performance.now() - start }
    },
  )
  return seen
}

/** Waits up to `ms` for the end of a promise. */
export async function settledWithin(promise: Promise<unknown>, ms: number): Promise<Settled> {
  const seen = watch(promise)
  const noop = (): undefined => undefined
  await Promise.race([promise.then(noop, noop), sleep(ms, undefined, { ref: false })])
  return seen.current
}

const SOON_MS = 50
const SOON_TURNS = 10

/** Waits for 50 ms, and for 10 turns of the event loop in case this machine stood still meanwhile. */
export async function settledSoon(promise: Promise<unknown>): Promise<Settled> {
  const seen = watch(promise)
  const start = performance.now()
  for (let turns = 0; seen.current.state === 'pending'; turns++) {
    if (turns >= SOON_TURNS && performance.now() - start > SOON_MS) break
    await turn()
  }
  return seen.current
}

/** The error that a promise rejects with. Throws if it resolves, or is still open after `ms`. */
export async function rejectionOf(promise: Promise<unknown>, ms = 5000): Promise<unknown> {
  const settled = await settledWithin(promise, ms)
  if (settled.state === 'rejected') return settled.error
  const what = settled.state === 'pending' ? `was still pending after ${ms} ms` : 'resolved'
  throw new Error(`A promise that should reject ${what}.`)
}

/** Marks rejections as expected where a test looks at them later. */
export const quiet = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => undefined)
  return promise
}
