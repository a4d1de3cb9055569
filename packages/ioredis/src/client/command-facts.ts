import { isReadOnlyCommand } from '@redis-endpoint-failover/core'
import type { CommandObject } from './internals.ts'

export const isReadOnly = (command: CommandObject): boolean =>
  command.isReadOnly === true || isReadOnlyCommand([command.name, ...command.args])

const SCAN = /^[hsz]?scan$/i

/** Whether the command goes on from a cursor, which means something only to the endpoint that gave it. */
export const isCursorCommand = (name: string): boolean =>
  // Asked for every command: hardly any other ends in "n".
  (name.charCodeAt(name.length - 1) | 32) === 110 && SCAN.test(name)
