import type { Clock } from '../runtime/clock.ts'
import type { Random } from '../runtime/random.ts'
import { systemRandom } from '../runtime/random.ts'
import { systemClock } from '../runtime/system-clock.ts'
import type { FailoverGroupOptions } from './group-options.ts'
import { checkFunction, checkKnownFields, checkObject } from './validate.ts'

const CLOCK_METHODS = ['now', 'wallTime', 'setTimer', 'nextTurn', 'keepAlive'] as const satisfies (keyof Clock)[]

/** @throws ConfigurationError */
export const resolveRuntime = (runtime: FailoverGroupOptions['runtime']): { clock: Clock; random: Random } => {
  if (runtime === undefined) return { clock: systemClock, random: systemRandom }
  checkKnownFields('runtime', checkObject('runtime', runtime), ['clock', 'random'])
  const { clock = systemClock, random = systemRandom } = runtime
  checkObject('runtime.clock', clock)
  for (const method of CLOCK_METHODS) checkFunction(`runtime.clock.${method}`, clock[method])
  checkFunction('runtime.random', random)
  return { clock, random }
}
