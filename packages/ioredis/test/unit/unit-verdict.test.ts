import { describe, expect, it } from 'vitest'
import { classifyIoredisError } from '../../src/adapter/classify-ioredis-error.ts'
import type { CommandObject } from '../../src/client/internals.ts'
import { type EntryOutcome, verdictOfUnit } from '../../src/client/unit-verdict.ts'

const ok: EntryOutcome = { raw: Buffer.from('OK'), carrier: {} as CommandObject }
const failed = (error: Error): EntryOutcome => ({ error, verdict: classifyIoredisError(error) })
const said = (message: string): EntryOutcome => failed(Object.assign(new Error(message), { name: 'ReplyError' }))
const closed = failed(new Error('Connection is closed.'))
const unsent = failed(new Error("Stream isn't writeable and enableOfflineQueue options is false"))

const readOnly = said('READONLY replica')
const wrongType = said('WRONGTYPE no')
const aborted = said('EXECABORT Transaction discarded because of previous errors.')

describe('the verdict on a pipeline', () => {
  it.each<[string, EntryOutcome[], string | undefined]>([
    ['all answered', [ok, ok], undefined],
    ['answered with errors of commands', [ok, wrongType], undefined],
    ['some replies missing', [ok, wrongType, closed], 'ambiguous'],
    ['nothing sent', [unsent, unsent], 'unsent'],
    ['all refused', [readOnly, readOnly], 'rejected'],
    ['some refused', [ok, readOnly], 'answered'],
    ['refused and lost', [readOnly, closed], 'ambiguous'],
  ])('%s: %s', (_what, outcomes, attempt) => {
    expect(verdictOfUnit(outcomes, false)?.attempt).toBe(attempt)
  })

  it('still tells what some refused commands say about the endpoint', () => {
    expect(verdictOfUnit([ok, readOnly], false)?.evidence.weight).toBe('not-writable')
  })
})

describe('the verdict on a transaction', () => {
  it.each<[string, EntryOutcome[], string | undefined]>([
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
    expect(verdictOfUnit(outcomes, true)?.attempt).toBe(attempt)
  })
})
