import type { Executions } from '@redis-endpoint-failover/testkit/load'
import { describe, expect, it } from 'vitest'
import { countCommands, mayHaveExecuted } from '../../../src/failover/count-commands.ts'
import { answered, failedWith, open, reportOf } from './outcomes.ts'

class TimeoutError extends Error {}
class SocketClosedUnexpectedlyError extends Error {}
const replyError = Object.assign(new Error('READONLY'), { name: 'ReplyError' })

const executed = (id: string, total: number): Executions => ({ id, byServer: { east: total }, total })

describe('whether a failed write may have executed', () => {
  it.each([
    { error: { maybeExecuted: true }, may: true, what: 'ours says it may' },
    { error: { maybeExecuted: false }, may: false, what: 'ours says it may not' },
    { error: new TimeoutError(''), may: false, what: 'node-redis gave it up before it was written' },
    { error: new SocketClosedUnexpectedlyError('Socket closed'), may: true, what: 'node-redis lost the connection' },
    { error: replyError, may: false, what: 'the server answered with an error' },
    { error: new Error('Connection is closed.'), may: true, what: 'ioredis lost the connection' },
    { error: 'a text', may: true, what: 'nobody knows' },
  ])('$what', ({ error, may }) => {
    expect(mayHaveExecuted(error)).toBe(may)
  })
})

describe('what became of the commands', () => {
  const report = reportOf(
    [answered(1), failedWith(new Error('lost')), open()],
    [
      answered(1, 'good'),
      answered(1, 'twice'),
      answered(1, 'gone'),
      failedWith(new Error('lost'), 'unknown'),
      failedWith(replyError, 'refused'),
      failedWith(replyError, 'denied'),
      open('open'),
    ],
  )
  const executions = [
    executed('good', 1),
    executed('twice', 2),
    executed('gone', 0),
    executed('unknown', 3),
    executed('refused', 0),
    executed('denied', 1),
    executed('open', 0),
  ]

  it('is told by the servers, each kind apart', () => {
    expect(countCommands(report, executions)).toEqual({
      failedReads: 1,
      ambiguous: 1,
      refused: 2,
      duplicates: 2,
      lost: 1,
      denied: 1,
      unsettled: 2,
    })
  })
})
