import * as redis from 'redis'
import { describe, expect, test } from 'vitest'
import { classifyError } from '../../src/classify-error.ts'

const withCode = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more })

describe('an error of node-redis', () => {
  test.each([
    [new redis.ClientClosedError(), 'unsent', 'hard', 'connection-lost'],
    [new redis.ClientOfflineError(), 'unsent', 'hard', 'connection-lost'],
    [new Error('The queue is full'), 'unsent', 'none', 'reply-received'],
    [new redis.SocketClosedUnexpectedlyError(), 'ambiguous', 'hard', 'connection-lost'],
    [new redis.DisconnectsClientError(), 'ambiguous', 'hard', 'connection-lost'],
    [new redis.SocketTimeoutError(100), 'ambiguous', 'hard', 'connection-lost'],
    [new redis.ConnectionTimeoutError(), 'ambiguous', 'soft', 'connect-timeout'],
    [new redis.AbortError(), 'answered', 'none', 'reply-received'],
    [new redis.TimeoutError(), 'answered', 'none', 'reply-received'],
    [new redis.WatchError(), 'answered', 'none', 'reply-received'],
    [new redis.MultiErrorReply([], [0]), 'answered', 'none', 'reply-received'],
    [new redis.SimpleError('READONLY You cannot write'), 'rejected', 'not-writable', 'read-only'],
    [new redis.BlobError('LOADING Redis is loading'), 'rejected', 'conclusive', 'loading'],
    [new redis.SimpleError('WRONGTYPE Operation'), 'answered', 'none', 'reply-received'],
    [new redis.SimpleError('BUSYGROUP exists'), 'answered', 'none', 'reply-received'],
    [new redis.SimpleError('Disconnects client'), 'answered', 'none', 'reply-received'],
    [new redis.SimpleError('READONLY No. script: 4b5c, on @user_script:1.'), 'answered', 'not-writable', 'read-only'],
    [withCode('ECONNRESET'), 'ambiguous', 'hard', 'connection-lost'],
    [withCode('ECONNREFUSED'), 'ambiguous', 'conclusive', 'connection-refused'],
    [withCode('ENOTCONN', { syscall: 'read' }), 'ambiguous', 'hard', 'connection-lost'],
    [withCode('ERR_STREAM_DESTROYED'), 'ambiguous', 'hard', 'connection-lost'],
    [new Error('Unknown RESP type 72 "H"'), 'ambiguous', 'hard', 'protocol-error'],
  ])('%s is %s, and %s evidence of %s', (error, attempt, weight, reason) => {
    expect(classifyError(error)).toMatchObject({ attempt, evidence: { weight, reason } })
  })

  test.each([
    new TypeError('no such thing'),
    new Error('READONLY it says'),
    new Error(''),
    'text',
    undefined,
    null,
    {},
  ])('is the caller’s if it is not known: %s', (error) =>
    expect(classifyError(error)).toMatchObject({ attempt: 'answered', evidence: { weight: 'none' } }),
  )

  test('is recognised where a bundler has taken the names of the classes away', () => {
    const nameless = (Base: new (message: string) => Error) => ({ a: class extends Base {} }).a
    const Reply = nameless(nameless(Error) as new (message: string) => Error) as new (message: string) => Error
    const Closed = nameless(Error) as new (message: string) => Error
    expect(classifyError(new Closed('The client is closed'))).toMatchObject({ attempt: 'unsent' })
    expect(classifyError(new Closed('Socket closed unexpectedly'))).toMatchObject({ attempt: 'ambiguous' })
    expect(classifyError(new Reply('LOADING Redis is loading'))).toMatchObject({ attempt: 'rejected' })
    expect(classifyError(new Reply('ERR wrong number'))).toMatchObject({ attempt: 'answered' })
  })
})
