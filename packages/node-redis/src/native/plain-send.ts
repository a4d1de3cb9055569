import { createHash } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import type { Internals, RedisArguments } from './internals.ts'

type ExecuteCommand = Internals['_executeCommand']

/**
 * The texts of `_executeCommand`, as published, that send a command, await its reply, transform it, and do nothing else
 * but what `sendsPlainly` asks about. The beginning of the SHA-256 of the text without its white space; a version that
 * is added here has been read first.
 */
const KNOWN_TEXTS = new Set([
  '8eee1c6a9e1b72a8', // 5.8
  '4180b4d786af5ac0', // 5.9, 5.10
  '44ae5369aca1ee2c', // 5.11
  'e0d93fb3e9f9f0de', // 5.12, 6.0, 6.1
  '7542710e7d78d15d', // 6.2, 6.3
])

// From 5.12 on, `_executeCommand` publishes the replies.
const replies = channel('node-redis:command:reply')

const verdicts = new WeakMap<ExecuteCommand, boolean>()
let latest: ExecuteCommand | undefined
let latestIsKnown = false

/**
 * Whether `_executeCommand` of this client would do no more for the command than `sendCommand` and the transformation.
 * Asked for every command: as a rule all clients of a process share one method, which is looked at once.
 */
export const sendsPlainly = (native: Internals, args: RedisArguments): boolean => {
  if (native._executeCommand !== latest) {
    latest = native._executeCommand
    latestIsKnown = isKnown(latest)
  }
  // HIMPORT has a state of its own in the client.
  return latestIsKnown && native.clientSideCache === undefined && !replies.hasSubscribers && args[0] !== 'HIMPORT'
}

// Unknown is a later version, one that a bundler has rewritten, and one that somebody has wrapped.
const isKnown = (method: ExecuteCommand): boolean => {
  let verdict = verdicts.get(method)
  if (verdict === undefined) {
    const text = Function.prototype.toString.call(method).replace(/\s+/g, '')
    verdict = KNOWN_TEXTS.has(createHash('sha256').update(text).digest('hex').slice(0, 16))
    verdicts.set(method, verdict)
  }
  return verdict
}
