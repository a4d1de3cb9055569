import { type CommandArgument, type CommandIndex, createCommandIndex } from './command-index.ts'

/*
 * Commands that change what later commands on the same connection mean, or what it delivers: another connection does
 * not know of them until they are run there too. No flag of the server says so.
 */
// biome-ignore format: one kind of state per line
export const connectionStateNames: readonly string[] = [
  // Who speaks, to which database, in which protocol.
  'AUTH', 'HELLO', 'QUIT', 'RESET', 'SELECT',
  // Transactions and optimistic locks.
  'DISCARD', 'EXEC', 'MULTI', 'UNWATCH', 'WATCH',
  // What is pushed without having been asked for again.
  'MONITOR', 'PSUBSCRIBE', 'PSYNC', 'PUNSUBSCRIBE', 'REPLCONF', 'SSUBSCRIBE', 'SUBSCRIBE', 'SUNSUBSCRIBE', 'SYNC',
  'UNSUBSCRIBE',
  // Modes of the connection. CAPA and IMPORT-SOURCE are Valkey's.
  'ASKING', 'READONLY', 'READWRITE',
  'CLIENT|CACHING', 'CLIENT|CAPA', 'CLIENT|IMPORT-SOURCE', 'CLIENT|NO-EVICT', 'CLIENT|NO-TOUCH', 'CLIENT|REPLY',
  'CLIENT|SETINFO', 'CLIENT|SETNAME', 'CLIENT|TRACKING', 'SCRIPT|DEBUG',
  // Field sets that were prepared on one connection can be used on that one only.
  'HIMPORT|DISCARD', 'HIMPORT|DISCARDALL', 'HIMPORT|PREPARE', 'HIMPORT|SET',
]

const connectionState: CommandIndex<true> = /* @__PURE__ */ createCommandIndex(
  connectionStateNames.map((name) => [name, true] as const),
)

/**
 * Whether the command `name` itself or one of its subcommands is about the connection (`CLIENT` is because of
 * `CLIENT TRACKING`): for callers that would have to build `args` in order to ask.
 */
export function mayHoldConnectionState(name: CommandArgument | undefined): boolean {
  return connectionState.has(name)
}

/**
 * Whether `args` read or change the state of the connection that carries them, so that they must be refused or run
 * again on the next connection. Asked for every command: a few nanoseconds, no allocation.
 */
export function isConnectionStateCommand(args: readonly CommandArgument[]): boolean {
  return connectionState.find(args) === true
}
