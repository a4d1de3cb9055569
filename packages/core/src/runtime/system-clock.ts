import type { Clock, Timer } from './clock.ts'

/** The longest delay that Node's timers accept; longer ones would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1

/** The clock of the running process: `performance.now()` for decisions, `Date.now()` for stamps. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer(callback, delayMs): Timer {
    const handle = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_DELAY_MS))
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
  nextTurn(callback): Timer {
    const handle = setImmediate(callback)
    return { cancel: () => clearImmediate(handle) }
  },
  keepAlive(): Timer {
    const handle = setInterval(() => {}, MAX_DELAY_MS)
    return { cancel: () => clearInterval(handle) }
  },
}
