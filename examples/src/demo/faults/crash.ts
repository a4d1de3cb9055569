import { type Fault, isDown, isFailover } from './fault.ts'

/** The process of the active endpoint is killed, and comes back. */
export const crash: Fault = {
  name: 'crash',
  title: 'kill -9 of the active endpoint',
  isDeath: true,
  inject: async ({ victim }) => (await victim.kill()).at,
  isDetected: isDown,
  isSwitched: isFailover,
  holdMs: 1500,
  heal: async ({ victim }) => {
    await victim.restart()
    return performance.now()
  },
}
