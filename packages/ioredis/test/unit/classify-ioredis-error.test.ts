import { describe, expect, it } from 'vitest'
import { classifyIoredisError } from '../../src/adapter/classify-ioredis-error.ts'
import { CommandTimeoutError, GroupClosedError } from '../../src/index.ts'

const replyError = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' })

describe('an error of ioredis', () => {
  it.each([
    ["Stream isn't writeable and enableOfflineQueue options is false", 'unsent', 'hard'],
    ['Connection is closed.', 'ambiguous', 'hard'],
    ['Command aborted due to connection close', 'ambiguous', 'hard'],
    ['Reached the max retries per request limit (which is 20). Refer to ...', 'ambiguous', 'hard'],
    ["Socket timeout. Expecting data, but didn't receive any in 100ms.", 'ambiguous', 'hard'],
    ['Command timed out', 'ambiguous', 'soft'],
    ['Connection in subscriber mode, only subscriber commands may be used', 'unsent', 'none'],
    ['Unknown RESP type 72 "H". Please report this.', 'ambiguous', 'hard'],
    ['Protocol error, got "H" as reply type byte. Please report this.', 'ambiguous', 'hard'],
    ['anything else', 'ambiguous', 'none'],
  ])('%j is %s, %s', (message, attempt, weight) => {
    expect(classifyIoredisError(new Error(message))).toMatchObject({ attempt, evidence: { weight } })
  })

  it('of the server goes by its first word', () => {
    expect(classifyIoredisError(replyError('LOADING Redis is loading'))).toMatchObject({
      attempt: 'rejected',
      evidence: { weight: 'conclusive' },
    })
    expect(classifyIoredisError(replyError('BUSYGROUP Consumer Group name already exists')).attempt).toBe('answered')
    // Only the server's own errors go by their text: a message alone proves nothing.
    expect(classifyIoredisError(new Error('READONLY of my own')).attempt).toBe('ambiguous')
  })

  it('of the network counts for the endpoint, and leaves open whether the command ran', () => {
    const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    expect(classifyIoredisError(error)).toMatchObject({ attempt: 'ambiguous', evidence: { weight: 'hard' } })
  })

  it('that is our own is no endpoint’s affair', () => {
    for (const error of [
      new CommandTimeoutError({ command: 'GET', endpointId: 'east', maybeExecuted: false }, 50),
      new GroupClosedError('redis'),
    ])
      expect(classifyIoredisError(error)).toMatchObject({ attempt: 'answered', evidence: { weight: 'none' } })
  })
})
