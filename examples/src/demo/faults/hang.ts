import { type Fault, isDown, isFailover } from './fault.ts'

/** The active endpoint stops answering; its connections stay open and new ones are accepted. */
export const hang: Fault = {
  name: 'hang',
  title: 'a hang (SIGSTOP)',
  isDeath: true,
  inject: async ({ victim }) => (await victim.pause()).at,
  isDetected: isDown,
  isSwitched: isFailover,
  holdMs: 1000,
  heal: async ({ victim }) => (await victim.resume()).at,
}
