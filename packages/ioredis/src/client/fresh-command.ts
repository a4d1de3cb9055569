import type { CommandObject } from './internals.ts'

type CommandClass = new (name: string, args: readonly unknown[], options: object) => CommandObject

/**
 * The same command once more, for another attempt: the old connection's queue may still hold the first one. It settles
 * with the raw reply, so that the caller's command transforms it, once. Keys are prefixed and arguments transformed
 * already.
 */
export const freshCommand = (
  command: CommandObject,
  resolve: (raw: unknown, carrier: CommandObject) => void,
  reject: (error: Error) => void,
): CommandObject => {
  // Scripts have a class of their own. A name without transformers, so that no argument is transformed twice.
  const fresh = new (command.constructor as CommandClass)('ping', [], {})
  fresh.name = command.name
  fresh.args = [...command.args]
  if (command.bufferMode !== undefined) fresh.bufferMode = command.bufferMode
  fresh.inTransaction = command.inTransaction
  fresh.resolve = (raw) => {
    fresh._clearTimers?.()
    resolve(raw, fresh)
    return fresh.promise
  }
  fresh.reject = (error) => {
    fresh._clearTimers?.()
    reject(error)
  }
  return fresh
}

/** Makes `command` read a reply that came for `carrier` in the protocol of that one's connection. */
export const adoptReplyContext = (command: CommandObject, carrier: CommandObject): void => {
  if (command === carrier || carrier.protocol === undefined) return
  command.protocol = carrier.protocol
  command.replyMapping = carrier.replyMapping
}
