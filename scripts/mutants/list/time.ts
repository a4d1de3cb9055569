import type { Mutant } from '../mutant.ts'

const TIMERS = 'packages/core/src/runtime/timer-scope.ts'
const STALLS = 'packages/core/src/runtime/stall-detector.ts'
const MONITOR = 'packages/core/src/health/monitor.ts'

/** The wall clock on the scale of the monotonic one: the same until it jumps. */
const WALL =
  '((offsets, clock) => {' +
  ' if (!offsets.has(clock)) offsets.set(clock, clock.wallTime() - clock.now());' +
  ' return clock.wallTime() - offsets.get(clock)' +
  ' })(((globalThis as any).wallOffsets ??= new WeakMap()), timers.clock)'

export const timeMutants: readonly Mutant[] = [
  {
    name: 'wall-clock-in-health',
    breaks: 'A jump of the wall clock changes health and hold-downs.',
    file: 'packages/core/src/failover/controller.ts',
    find: 'const now = timers.clock.now()\n    const before = record.health',
    replace: `const now = ${WALL}\n    const before = record.health`,
    tests: ['group/wall-clock.test.ts'],
  },
  {
    name: 'wall-clock-in-stalls',
    breaks: 'A jump of the wall clock looks like a stall of the process, and covers a real fault.',
    file: STALLS,
    find: 'const now = timers.clock.now()\n    const from',
    replace: `const now = ${WALL}\n    const from`,
    tests: ['group/detection.test.ts'],
  },
  {
    name: 'no-late-timer-rule',
    breaks: 'A timer that fired late gives up on an answer that waits in the socket.',
    file: TIMERS,
    find: 'current = turn(this.clock.now() - dueAt > LATE_TIMER_MS ? 1 : 0)',
    replace: 'callback()',
    tests: ['health/run-check.test.ts'],
  },
  {
    name: 'timers-outlive-close',
    breaks: 'After close() something still runs, and holds the process.',
    file: TIMERS,
    find: 'for (const timer of this.#pending) timer.cancel()',
    replace: '',
    tests: ['group/lifecycle.test.ts'],
  },
  {
    name: 'stalls-count-as-silence',
    breaks: 'A blocked event loop makes healthy endpoints look dead.',
    file: STALLS,
    find: 'Math.min(windowMs + this.#lostOf(windowMs, startedAt), windowMs * MAX_WINDOW_FACTOR)',
    replace: 'windowMs',
    tests: ['group/stalls.test.ts'],
  },
  {
    name: 'short-pauses-are-silence',
    breaks: 'Pauses of our own that are too short to be stalls, one after another, make a healthy endpoint look dead.',
    file: STALLS,
    find: 'return lost > windowMs / 2 ? lost : stalled',
    replace: 'return stalled',
    tests: ['group/stalls.test.ts'],
  },
  {
    name: 'stalls-extend-windows-for-ever',
    breaks: 'An app that stalls all the time never detects a hung endpoint.',
    file: STALLS,
    find: 'Math.min(windowMs + this.#lostOf(windowMs, startedAt), windowMs * MAX_WINDOW_FACTOR)',
    replace: 'windowMs + this.#lostOf(windowMs, startedAt)',
    tests: ['group/stalls.test.ts'],
  },
  {
    name: 'no-guard-after-a-stall',
    breaks: 'Right after a stall, soft evidence that the stall made causes a failover.',
    file: 'packages/core/src/failover/decide.ts',
    find: 'if (soft && now < guardEnd(view, active)) return stay(guardEnd(view, active))',
    replace: '',
    tests: ['failover/decide.test.ts'],
  },
  {
    name: 'fixed-rate-probes',
    breaks: 'Slow answers make probes follow each other without a pause.',
    file: MONITOR,
    find: 'Math.max(nextProbeDelay(health(), settings(), ports.context(), random), 0)',
    replace:
      'Math.max(nextProbeDelay(health(), settings(), ports.context(), random) - (timers.clock.now() - this.#lastRegularAt), 0)',
    tests: ['group/probe-rhythm.test.ts'],
  },
  {
    name: 'no-jitter',
    breaks: 'All processes probe at the same moments.',
    file: 'packages/core/src/health/probe-schedule.ts',
    find: 'return jitter(random, context.inGrace ? settings.interval / 2 : settings.interval, INTERVAL_JITTER)',
    replace: 'return context.inGrace ? settings.interval / 2 : settings.interval',
    tests: ['group/probe-rhythm.test.ts'],
  },
  {
    name: 'no-gap-between-probes',
    breaks: 'Requests for a probe overrun the endpoint.',
    file: MONITOR,
    find: 'this.#lastRegularAt + MIN_PROBE_GAP_MS - this.#options.timers.clock.now()',
    replace: '0',
    tests: ['group/probe-rhythm.test.ts'],
  },
  {
    name: 'probes-not-coalesced',
    breaks: 'Many requests at one moment become many probes.',
    file: MONITOR,
    find: 'if (this.#stopped || this.#regular !== undefined) return\n    const wait',
    replace: 'if (this.#stopped) return\n    const wait',
    tests: ['group/detection.test.ts'],
  },
]
