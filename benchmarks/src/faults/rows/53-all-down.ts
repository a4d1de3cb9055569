import { NoEndpointAvailableError } from '@redis-endpoint-failover/core'
import { atMost, defineRow, time } from '../fault-row.ts'

/** The default of `selectionTimeout`. */
const selectionMs = 5000
/** A connection to a server that is just back, and the longest wait for a probe while commands wait. */
const recoveryMs = 1000 + 500 * 1.2

export const allDown = defineRow({
  row: 53,
  title: 'All down',
  inject:
    'kill -9 of both servers; a command; when it has failed, the other server is started again, and a command sent',
  expected: 'NoEndpointAvailableError at the deadline, with the cause for each endpoint; then it recovers by itself',
  measures: {
    toldAfter: time('all-down after', 100),
    deadlineOff: time('the error came beside its deadline by', 50),
    recoveredAfter: time('answered after the restart', recoveryMs),
    unfit: atMost(0, 'errors of another kind, or without the causes'),
  },
  seconds: 8,
  async run(run) {
    const { east, west } = await run.pair()
    const session = await run.connect({ east, west })
    const told = session.momentOf('all-down', 3000)
    const at = performance.now()
    await Promise.all([east.kill(), west.kill()])
    const killedAt = performance.now()
    const toldAt = await told
    const sentAt = performance.now()
    const error: unknown = await session.client.get('key').catch((reason: unknown) => reason)
    const failedAt = performance.now()
    const isFit =
      error instanceof NoEndpointAvailableError && ['east', 'west'].every((id) => error.message.includes(id))
    run.expect(isFit, `The command ended with ${String(error)}.`)
    await west.restart()
    const restartedAt = performance.now()
    await session.client.set('key', 'value')
    const answeredAt = performance.now()
    run.expect(session.group.active === 'west', `${session.group.active} is active.`)
    return {
      window: { from: at, to: answeredAt },
      values: {
        toldAfter: Math.max(0, toldAt - killedAt),
        deadlineOff: Math.abs(failedAt - sentAt - selectionMs),
        recoveredAfter: answeredAt - restartedAt,
        unfit: isFit ? 0 : 1,
      },
    }
  },
})
