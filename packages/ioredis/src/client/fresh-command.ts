import type { CommandObject } from './internals.ts'

type CommandClass = new (name: string, args: readonly unknown[], options: object) => CommandObject

/**
 * The same command once more, for another attempt: the old connection's queue may still hold the first one. Keys are
 * prefixed and arguments transformed already. Whoever sends it takes its raw reply by `resolve` and `reject`, and lets the
 * caller's command transform it, once.
 */
export const freshCommand = (command: CommandObject): CommandObject => {
  // Scripts have a class of their own. A name without transformers, so that no argument is transformed twice.
  const fresh = new (command.constructor as CommandClass)('ping', [], {})
  fresh.name = command.name
  fresh.args = [...command.args]
  if (command.bufferMode !== undefined) fresh.bufferMode = command.bufferMode
  fresh.inTransaction = command.inTransaction
  return fresh
}

/** Makes `command` read a reply that came for `carrier` in the protocol of that one's connection. */
export const adoptReplyContext = (command: CommandObject, carrier: CommandObject): void => {
  if (command === carrier || carrier.protocol === undefined) return
  command.protocol = carrier.protocol
  command.replyMapping = carrier.replyMapping
}
