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
  inject(server: RedisServer, surroundings: FaultSurroundings): Promise<FaultSpan>
}

export interface FaultSurroundings {
  /** How long a crash or a hang lasts, in milliseconds. */
  readonly outageMs: number
  /** How many commands of the load have no outcome now. */
  readonly inFlight: () => number
}

export const faultNames = ['crash', 'hang', 'reset', 'graceful restart'] as const
export type FaultName = (typeof faultNames)[number]

const restartMs = 1000
/** Shorter than any suspicion, so that only the closed connections count. */
const stillMs = 100
const pauseAttempts = 100

const crash: FailoverFault = {
  name: 'crash',
  what: 'kill -9 of the server that answers; it is started again, with its data, when the fault is over',
  seconds: (outageMs) => outageMs / 1000 + 3,
  async inject(server, { outageMs }) {
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
  async inject(server, { outageMs }) {
    const { at } = await server.pause()
    await sleep(outageMs)
    await server.resume()
    return { from: at, to: performance.now() }
  },
}

const reset: FailoverFault = {
  name: 'reset',
  what: `the server that answers stands still for ${stillMs} ms, executes what came in meanwhile, and closes all connections of clients before it replies; it serves new ones at once`,
  seconds: () => 3,
  async inject(server, { inFlight }) {
    await using killer = await server.connect()
    await pauseAtRest(server, inFlight)
    await sleep(stillMs)
    // It goes on with all that waits for it in one turn of its loop, in the order in which it came: the commands of the
    // load, then this one. Replies are sent at the end of that turn: to nobody.
    const killed = killer.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await sleep(1)
    const { at } = await server.resume()
    await killed
    return { from: at, to: performance.now() }
  },
}

/**
 * Stops a server that has nothing to do. One that was stopped with a command in its hands would go on with that alone, and
 * reply to it.
 */
async function pauseAtRest(server: RedisServer, inFlight: () => number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await server.pause()
    // A server that is never at rest, on a busy machine, is stopped nevertheless.
    if (inFlight() === 0 || attempt === pauseAttempts) return
    await server.resume()
    await sleep(1 + (attempt % 5))
  }
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
