import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'

/** From when to when a fault lasted, on the clock of `performance.now()`. */
export interface FaultSpan {
  readonly from: number
  readonly to: number
}

/** Something that happens to the server that answers, the same to everybody. */
export interface FailoverFault {
  readonly name: FaultName
  readonly what: string
  /** How long a run takes besides starting servers, for the forecast. */
  readonly seconds: (outageMs: number) => number
  /** Resolves when it is over. */
  inject(server: RedisServer, outageMs: number): Promise<FaultSpan>
}

export const faultNames = ['crash', 'hang', 'reset', 'graceful restart'] as const
export type FaultName = (typeof faultNames)[number]

const restartMs = 1000
const busyMs = 150

const crash: FailoverFault = {
  name: 'crash',
  what: 'kill -9 of the server that answers; it is started again, with its data, when the fault is over',
  seconds: (outageMs) => outageMs / 1000 + 3,
  async inject(server, outageMs) {
    const { at } = await server.kill()
    await sleep(outageMs)
    await server.restart()
    return { from: at, to: performance.now() }
  },
}

const hang: FailoverFault = {
  name: 'hang',
  what: 'SIGSTOP of the server that answers; it goes on, with all that it had received, when the fault is over',
  seconds: (outageMs) => outageMs / 1000 + 2.5,
  async inject(server, outageMs) {
    const { at } = await server.pause()
    await sleep(outageMs)
    await server.resume()
    return { from: at, to: performance.now() }
  },
}

const reset: FailoverFault = {
  name: 'reset',
  what: `the server that answers is busy for ${busyMs} ms, executes what came in meanwhile, and closes all connections of clients before it replies; it serves new ones at once`,
  seconds: () => 3,
  async inject(server) {
    for (;;) {
      await using sleeper = await server.connect()
      await using killer = await server.connect()
      let isBusy = true
      const busy = sleeper
        .command('DEBUG', 'SLEEP', busyMs / 1000)
        .catch(() => undefined)
        .finally(() => (isBusy = false))
      // What comes in before the second command is executed before it, in the same turn of the server's loop, and is
      // replied to at the end of that turn: to nobody.
      await sleep(busyMs / 3)
      // Where this process was held up for longer than that, the replies have gone out.
      if (!isBusy) continue
      const killed = killer.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
      await busy
      const from = performance.now()
      await killed
      return { from, to: from }
    }
  },
}

const gracefulRestart: FailoverFault = {
  name: 'graceful restart',
  what: `SHUTDOWN of the server that answers; it is started again, with its data, ${restartMs / 1000} s later`,
  seconds: () => 4,
  async inject(server) {
    const from = performance.now()
    const { exited } = server
    // It answers by closing the connection.
    await server.command('SHUTDOWN').catch(() => undefined)
    await exited
    await sleep(restartMs)
    await server.restart()
    return { from, to: performance.now() }
  },
}

export const failoverFaults: Readonly<Record<FaultName, FailoverFault>> = {
  crash,
  hang,
  reset,
  'graceful restart': gracefulRestart,
}
