import { setTimeout as sleep } from 'node:timers/promises'
import type { Load } from '@redis-endpoint-failover/testkit/load'
import type { Session } from './session.ts'
import { endpointIds } from './settings.ts'
import type { View } from './view/view.ts'

/** A load remembers each of its commands, so it is replaced now and then. */
const LOAD_FOR_MS = 60_000
const RESTART_AFTER_MS = 5000

/** Keeps servers and load running, and starts killed servers again, until the signal comes. */
export async function keepRunning(session: Session, view: View, interrupt: AbortSignal): Promise<void> {
  view.print(instructions(session))
  let load: Load | undefined
  try {
    for (const id of endpointIds) void restartWhenKilled(session, id, view, interrupt)
    while (!interrupt.aborted) {
      const previous = load
      load = session.startLoad()
      void previous?.stop()
      await sleep(LOAD_FOR_MS, undefined, { signal: interrupt })
    }
  } catch (error) {
    if (!interrupt.aborted) throw error
  } finally {
    void load?.stop({ settleTimeout: 0 })
  }
}

function instructions({ servers }: Session): string {
  return [
    '',
    'Servers and load go on until Ctrl-C. Break them from another terminal:',
    ...endpointIds.map((id) => `  ${id.padEnd(6)} pid ${String(servers[id].pid).padEnd(8)} ${servers[id].url}`),
    `  kill -9 PID      it dies, and is started again after ${RESTART_AFTER_MS / 1000} s`,
    '  kill -STOP PID   it hangs; kill -CONT PID wakes it up',
    '',
  ].join('\n')
}

async function restartWhenKilled(
  { servers }: Session,
  id: (typeof endpointIds)[number],
  view: View,
  interrupt: AbortSignal,
): Promise<void> {
  const server = servers[id]
  try {
    while (!interrupt.aborted) {
      await server.exited
      if (interrupt.aborted) return
      view.line(`${id}: its process is gone; it is started again in ${RESTART_AFTER_MS / 1000} s`)
      await sleep(RESTART_AFTER_MS, undefined, { signal: interrupt })
      await server.restart()
      view.line(`${id}: started again with pid ${server.pid}`)
    }
  } catch (error) {
    if (!interrupt.aborted) view.line(`${id}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
