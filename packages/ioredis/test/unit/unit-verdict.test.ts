import { describe, expect, it } from 'vitest'
import { classifyIoredisError } from '../../src/adapter/classify-ioredis-error.ts'
import { verdictOfUnit } from '../../src/client/unit-verdict.ts'

const ok = undefined
const said = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' })
const closed = new Error('Connection is closed.')
const unsent = new Error("Stream isn't writeable and enableOfflineQueue options is false")

/** Each command's error, or `ok`. */
type Outcome = Error | undefined

const judge = (outcomes: readonly Outcome[], transaction: boolean) =>
  verdictOfUnit(
    outcomes.length,
    outcomes.flatMap((error, index) =>
      error === undefined ? [] : [{ index, error, verdict: classifyIoredisError(error) }],
    ),
    transaction,
  )

const readOnly = said('READONLY replica')
const wrongType = said('WRONGTYPE no')
const aborted = said('EXECABORT Transaction discarded because of previous errors.')

describe('the verdict on a pipeline', () => {
  it.each<[string, Outcome[], string | undefined]>([
    ['all answered', [ok, ok], undefined],
    ['answered with errors of commands', [ok, wrongType], undefined],
    ['some replies missing', [ok, wrongType, closed], 'ambiguous'],
    ['nothing sent', [unsent, unsent], 'unsent'],
    ['all refused', [readOnly, readOnly], 'rejected'],
    ['some refused', [ok, readOnly], 'answered'],
    ['refused and lost', [readOnly, closed], 'ambiguous'],
  ])('%s: %s', (_what, outcomes, attempt) => {
    expect(judge(outcomes, false)?.attempt).toBe(attempt)
  })

  it('still tells what some refused commands say about the endpoint', () => {
    expect(judge([ok, readOnly], false)?.evidence.weight).toBe('not-writable')
  })
})

describe('the verdict on a transaction', () => {
  it.each<[string, Outcome[], string | undefined]>([
    ['executed', [ok, ok, ok], undefined],
    ['discarded for a mistake in a command', [ok, said('ERR unknown command'), aborted], undefined],
    ['discarded because the server refused a command', [ok, readOnly, aborted], 'rejected'],
    ['discarded at EXEC', [ok, ok, said('EXECABORT Transaction discarded because of: READONLY replica')], 'rejected'],
    [
      'discarded at EXEC for a reason of its own',
      [ok, ok, said('EXECABORT Transaction discarded because of: ERR x')],
      undefined,
    ],
    ['without a reply to EXEC', [ok, ok, closed], 'ambiguous'],
  ])('%s: %s', (_what, outcomes, attempt) => {
    expect(judge(outcomes, true)?.attempt).toBe(attempt)
  })
})
