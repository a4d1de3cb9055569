import { endpointIds } from '../settings.ts'
import type { Fault } from './fault.ts'

/** Every endpoint dies at once, and all come back. Commands wait meanwhile. */
export const allDown: Fault = {
  name: 'all-down',
  title: 'all endpoints down',
  isDeath: true,
  inject: async ({ servers }) => {
    const sent = await Promise.all(endpointIds.map((id) => servers[id].kill()))
    return Math.min(...sent.map(({ at }) => at))
  },
  isDetected: (event) => event.type === 'all-down',
  isSwitched: (event) => event.type === 'recovered',
  switchesAfterHeal: true,
  holdMs: 2000,
  heal: async ({ servers }) => {
    const answering = endpointIds.map(async (id) => {
      await servers[id].restart()
      return performance.now()
    })
    return Math.min(...(await Promise.all(answering)))
  },
}
