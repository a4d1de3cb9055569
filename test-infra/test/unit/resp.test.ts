import { describe, expect, it } from 'vitest'
import { decodeReply, encodeCommand, ReplyError } from '../../src/redis/resp.ts'

const replies: [string, string, unknown][] = [
  ['a status', '+OK\r\n', 'OK'],
  ['an integer', ':-12\r\n', -12],
  ['a text with line ends and letters of several bytes', '$7\r\nä\r\nöx\r\n', 'ä\r\nöx'],
  ['an empty text', '$0\r\n\r\n', ''],
  ['nothing', '$-1\r\n', null],
  ['no array', '*-1\r\n', null],
  ['an error', '-NOAUTH Authentication required.\r\n', new ReplyError('NOAUTH Authentication required.')],
  ['arrays in arrays', '*2\r\n*1\r\n:1\r\n$1\r\nx\r\n', [[1], 'x']],
]

describe('decodeReply', () => {
  it.each(replies)('reads %s, and waits for it as long as a byte is missing', (_, text, expected) => {
    const data = Buffer.from(text)
    expect(decodeReply(data)).toEqual({ reply: expected, end: data.length })
    for (let length = 0; length < data.length; length++) {
      expect(decodeReply(data.subarray(0, length))).toBeUndefined()
    }
  })

  it('refuses what is not a reply', () => {
    expect(() => decodeReply(Buffer.from('HTTP/1.1 200 OK\r\n'))).toThrow('Not a Redis reply')
  })
})

describe('encodeCommand', () => {
  it('counts bytes, not letters', () => {
    expect(encodeCommand(['ECHO', 'ä', 7])).toBe('*3\r\n$4\r\nECHO\r\n$2\r\nä\r\n$1\r\n7\r\n')
  })
})
