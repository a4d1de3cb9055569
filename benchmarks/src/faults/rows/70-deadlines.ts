import { setTimeout as sleep } from 'node:timers/promises'
import { CommandAbortedError, CommandTimeoutError } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { atMost, defineRow, time } from '../fault-row.ts'

const deadlineMs = 400
/** A timer never fires early: what it may be late by. */
const timerMs = 10

export const deadlines = defineRow({
  row: 70,
  title: 'Deadlines and AbortSignals',
  inject: `a deadline of ${deadlineMs} ms ends commands in flight on a hung server; then both are dead, and it ends those that wait, and a signal ends acquire()`,
  expected: 'each settles once, typed; one that was written says that it may have executed; no strike for it',
  measures: {
    inFlightAfter: time('in flight: ended after', deadlineMs + timerMs),
    waitingAfter: time('waiting: ended after', deadlineMs + timerMs),
    abortedAfter: time('acquire(): ended after its signal', timerMs),
    strikes: atMost(0, 'times suspect or DOWN before anything else speaks against it'),
    tooSoon: atMost(0, 'deadlines that ended early'),
    untyped: atMost(0, 'calls that ended otherwise'),
  },
  seconds: 3,
  alone: true,
  async run(run) {
    const { east, west } = await run.pair()
    const proxy = await run.proxy(east)
    const session = await run.connect({ east: proxy, west }, { commandTimeout: deadlineMs })
    let untyped = 0
    const ended = async (
      call: () => Promise<unknown>[],
      type: typeof CommandTimeoutError | typeof CommandAbortedError,
    ) => {
      // Before the calls are made: their making is part of the time that the caller waits.
      const from = performance.now()
      const outcomes = await Promise.allSettled(call())
      const after = performance.now() - from
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected' && outcome.reason instanceof type) continue
        untyped++
        run.expect(
          false,
          `A call ended with ${String(outcome.status === 'rejected' ? outcome.reason : outcome.value)}.`,
        )
      }
      return after
    }
    const calls = () => [session.client.get('key'), session.client.incr('deadline'), session.transaction('deadline')]
    await session.client.get('warm')
    const from = performance.now()
    // Only the data connection is silent, so that nothing but the deadlines could speak against the endpoint.
    for (const connection of proxy.connections) if (connection.bytesUp > 0) connection.setFaults({ latency: 450 })
    const inFlightAfter = await ended(calls, CommandTimeoutError)
    await sleep(200)
    const strikes = session
      .eventsSince('health-changed', from)
      .filter(({ to }) => to === 'suspect' || to === 'down').length
    await proxy.setFaults({ refuse: true })
    proxy.endConnections()
    await Promise.all([east.kill(), west.kill()])
    await eventually(() => session.group.snapshot().endpoints.every(({ state }) => state === 'down'))
    const waitingAfter = await ended(calls, CommandTimeoutError)
    const abort = new AbortController()
    const lease = session.group.acquire({ signal: abort.signal })
    lease.catch(() => undefined)
    await sleep(50 + run.share * 100)
    abort.abort(new Error('no longer wanted'))
    const abortedAfter = await ended(() => [lease], CommandAbortedError)
    return {
      window: { from, to: performance.now() },
      values: {
        inFlightAfter,
        waitingAfter,
        abortedAfter,
        strikes,
        tooSoon: [inFlightAfter, waitingAfter].filter((after) => after < deadlineMs).length,
        untyped,
      },
    }
  },
})
