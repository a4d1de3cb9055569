import {
  type CommandArgument,
  type CommandTask,
  isReadOnlyCommand,
  setBlockingTimeout,
} from '@redis-endpoint-failover/core'
import type { RedisArguments } from '../native/internals.ts'
import type { Connection } from './router.ts'

type Send = (connection: Connection) => Promise<unknown>

/** The task of one ordinary command, for repeating it. */
export const commandTask = (args: RedisArguments, send: Send): CommandTask<unknown, unknown> => ({
  name: nameOf(args),
  unit: 'command',
  readOnly: isReadOnlyCommand(args),
  args,
  send,
})

/** The task of a command that the server may hold back on purpose. */
export const blockingTask = (args: RedisArguments, send: Send): CommandTask<unknown, unknown> => ({
  name: nameOf(args),
  unit: 'blocking',
  readOnly: isReadOnlyCommand(args),
  args,
  bound: true,
  // The arguments of this call are its own.
  setBlockTime: (blockMs) => setBlockingTimeout(args as CommandArgument[], blockMs),
  send,
})

/** The command's name, for messages. */
export const nameOf = (args: RedisArguments): string => String(args[0] ?? '').toUpperCase()

const SCAN = /^[hsz]?scan$/i

/** Whether it goes on from a cursor, which means something only to the endpoint that gave it. */
export const isCursorCommand = ([name]: RedisArguments): boolean =>
  // Asked for every command: hardly any other ends in "n".
  typeof name === 'string'
    ? (name.charCodeAt(name.length - 1) | 32) === 110 && SCAN.test(name)
    : SCAN.test(String(name))
