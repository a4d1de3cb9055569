import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createClient } from 'redis'
import { describe, expect, test } from 'vitest'
import { findInternals } from '../../src/native/find-internals.ts'
import type { Internals } from '../../src/native/internals.ts'
import { sendsPlainly } from '../../src/native/plain-send.ts'

const nativeOf = (options: object = {}): Internals => findInternals(createClient(options))

/** `_executeCommand` of 5.8, as published but for its white space. */
const published = `async _executeCommand(command, parser, commandOptions, transformReply) {
  const csc = this._self.#clientSideCache;
  const defaultTypeMapping = this._self.#options?.commandOptions === commandOptions;
  const fn = () => { return this.sendCommand(parser.redisArgs, commandOptions); };
  if (csc && command.CACHEABLE && defaultTypeMapping) {
    return await csc.handleCache(this._self, parser, fn, transformReply, commandOptions?.typeMapping);
  }
  else {
    const reply = await fn();
    if (transformReply) {
      return transformReply(reply, parser.preserve, commandOptions?.typeMapping);
    }
    return reply;
  }
}`

const nativeWithText = (text: string): Internals => {
  const Client = new Function(`return class { _self = this; #options; #clientSideCache; ${text} }`)()
  return new Client()
}

describe('what native clients do for a command', () => {
  test('is no more than to send it and to transform its reply, in the installed version and in known ones', () => {
    expect(sendsPlainly(nativeOf(), ['GET', 'key'])).toBe(true)
    expect(sendsPlainly(nativeWithText(published), ['GET', 'key'])).toBe(true)
    expect(sendsPlainly(nativeOf(), ['GET', 'key'])).toBe(true)
  })

  test('is not known of a version whose text is another one, nor of a client that was wrapped', () => {
    expect(sendsPlainly(nativeWithText(published.replace('await fn()', 'await fn(this)')), ['GET', 'key'])).toBe(false)
    const wrapped = nativeOf()
    const own = wrapped._executeCommand
    wrapped._executeCommand = function (...call) {
      return own.apply(this, call)
    }
    expect(sendsPlainly(wrapped, ['GET', 'key'])).toBe(false)
  })

  test('is more with a client-side cache, for HIMPORT, and while somebody listens for the replies', () => {
    expect(sendsPlainly(nativeOf({ RESP: 3, clientSideCache: { ttl: 0 } }), ['GET', 'key'])).toBe(false)
    expect(sendsPlainly(nativeOf(), ['HIMPORT', 'SET', 'key'])).toBe(false)
    const listener = () => {}
    subscribe('node-redis:command:reply', listener)
    expect(sendsPlainly(nativeOf(), ['GET', 'key'])).toBe(false)
    unsubscribe('node-redis:command:reply', listener)
    expect(sendsPlainly(nativeOf(), ['GET', 'key'])).toBe(true)
  })
})
