import type { CommandCategory } from './command-category.ts'
import { type CommandArgument, equalsToken, isBytes } from './command-index.ts'

/** Judges one command by its arguments. `worst` is its category in the table. */
export type ArgumentRule = (args: readonly CommandArgument[], worst: CommandCategory) => CommandCategory

/** Whether one of `tokens` stands at `from` or later. A value that looks like a token errs on the side of not retrying. */
function hasToken(args: readonly CommandArgument[], from: number, tokens: readonly string[]): boolean {
  for (let i = from; i < args.length; i++) if (isOneOf(args[i], tokens)) return true
  return false
}

function isOneOf(argument: CommandArgument | undefined, tokens: readonly string[]): boolean {
  for (const token of tokens) if (equalsToken(argument, token)) return true
  return false
}

function isZero(argument: CommandArgument | undefined): boolean {
  return argument === 0 || equalsToken(argument, '0')
}

function sameBytes(a: CommandArgument | undefined, b: CommandArgument | undefined): boolean {
  if (isBytes(a) && isBytes(b)) return Buffer.compare(a, b) === 0
  if (isBytes(a)) return b !== undefined && Buffer.from(a).equals(Buffer.from(String(b)))
  return isBytes(b) ? sameBytes(b, a) : String(a) === String(b)
}

/** A cursor means something only to the server that issued it; a scan may start again, not go on. */
const cursorAt =
  (index: number): ArgumentRule =>
  (args) =>
    isZero(args[index]) ? 'read-only' : 'never'

/** Conditions such as NX make of a last-write-wins command a conditional one. */
const conditionsFrom =
  (from: number, ...conditions: string[]): ArgumentRule =>
  (args, worst) =>
    hasToken(args, from, conditions) ? 'conditional-write' : worst

/** An option without which the command writes only where there is nothing yet. */
const replaceFrom =
  (from: number): ArgumentRule =>
  (args, worst) =>
    hasToken(args, from, ['REPLACE']) ? 'last-write-wins' : worst

/** A destination that is a source as well is computed from its own result when the command runs again. */
const destinationAt =
  (destination: number): ArgumentRule =>
  (args, worst) => {
    for (let i = destination + 1; i < args.length; i++) {
      if (sameBytes(args[destination], args[i])) return 'accumulating'
    }
    return worst
  }

/** SORT and GEORADIUS read unless told to store. Storing over the source counts as accumulating. */
const storesFrom =
  (from: number): ArgumentRule =>
  (args, worst) => {
    for (let i = from; i < args.length; i++) {
      if (!isOneOf(args[i], ['STORE', 'STOREDIST'])) continue
      return sameBytes(args[1], args[i + 1]) ? 'accumulating' : worst
    }
    return 'read-only'
  }

/** ZADD and GEOADD: options end at the first argument that is none, so that a member may be called `NX`. */
const addition: ArgumentRule = (args, worst) => {
  let category = worst
  for (let i = 2; i < args.length; i++) {
    if (equalsToken(args[i], 'INCR')) return 'accumulating'
    if (isOneOf(args[i], ['NX', 'XX', 'GT', 'LT'])) category = 'conditional-write'
    else if (!equalsToken(args[i], 'CH')) break
  }
  return category
}

const set: ArgumentRule = (args, worst) => {
  // The old value was in the lost reply; a second run would answer the new one.
  if (hasToken(args, 3, ['GET'])) return 'accumulating'
  return hasToken(args, 3, ['NX', 'XX', 'IFEQ', 'IFNE', 'IFDEQ', 'IFDNE']) ? 'conditional-write' : worst
}

const bitfield: ArgumentRule = (args, worst) => {
  if (hasToken(args, 2, ['INCRBY'])) return 'accumulating'
  return hasToken(args, 2, ['SET']) ? worst : 'read-only'
}

/** Options stand before FIELDS; a field may be called like one. */
const fieldConditions =
  (...conditions: string[]): ArgumentRule =>
  (args, worst) => {
    for (let i = 2; i < args.length && !equalsToken(args[i], 'FIELDS'); i++) {
      if (isOneOf(args[i], conditions)) return 'conditional-write'
    }
    return worst
  }

/** `MSETEX numkeys key value ... [NX | XX]`: what follows the pairs. A count that is none means the whole call. */
const msetex: ArgumentRule = (args, worst) => {
  const pairs = Number(String(args[1]))
  return hasToken(args, pairs >= 0 ? 2 + 2 * pairs : 2, ['NX', 'XX']) ? 'conditional-write' : worst
}

/** Removing one path may move an array's other elements to it. */
const jsonDelete: ArgumentRule = (args, worst) => (args.length > 2 ? 'accumulating' : worst)

/** Merges into what the destination holds, unless told to override it. */
const tdigestMerge: ArgumentRule = (args, worst) =>
  hasToken(args, 3, ['OVERRIDE']) ? destinationAt(1)(args, 'last-write-wins') : worst

const expiry = conditionsFrom(3, 'NX', 'XX', 'GT', 'LT')
const fieldExpiry = fieldConditions('NX', 'XX', 'GT', 'LT')

/** Rules by command, `A|B` being subcommand B of command A. */
export const argumentRules: Readonly<Record<string, ArgumentRule>> = {
  SCAN: cursorAt(1),
  HSCAN: cursorAt(2),
  SSCAN: cursorAt(2),
  ZSCAN: cursorAt(2),
  'BF.SCANDUMP': cursorAt(2),
  'CF.SCANDUMP': cursorAt(2),

  SET: set,
  MSETEX: msetex,
  DELEX: (args, worst) => (args.length > 2 ? 'conditional-write' : worst),
  GETEX: (args, worst) => (args.length > 2 ? worst : 'read-only'),
  EXPIRE: expiry,
  PEXPIRE: expiry,
  EXPIREAT: expiry,
  PEXPIREAT: expiry,
  COPY: replaceFrom(3),
  RESTORE: replaceFrom(4),

  HSETEX: fieldConditions('FNX', 'FXX'),
  HGETEX: (args, worst) => (equalsToken(args[2], 'FIELDS') ? 'read-only' : worst),
  HEXPIRE: fieldExpiry,
  HPEXPIRE: fieldExpiry,
  HEXPIREAT: fieldExpiry,
  HPEXPIREAT: fieldExpiry,

  BITFIELD: bitfield,
  SORT: storesFrom(2),
  ZADD: addition,
  GEOADD: addition,
  GEORADIUS: storesFrom(6),
  GEORADIUSBYMEMBER: storesFrom(5),

  BITOP: destinationAt(2),
  SDIFFSTORE: destinationAt(1),
  ZDIFFSTORE: destinationAt(1),
  ZINTERSTORE: destinationAt(1),
  ZUNIONSTORE: destinationAt(1),
  ZRANGESTORE: destinationAt(1),
  GEOSEARCHSTORE: destinationAt(1),
  'CMS.MERGE': destinationAt(1),
  'TDIGEST.MERGE': tdigestMerge,

  'FT.SUGADD': (args, worst) => (hasToken(args, 4, ['INCR']) ? 'accumulating' : worst),
  'JSON.SET': conditionsFrom(4, 'NX', 'XX'),
  'JSON.DEL': jsonDelete,
  'JSON.FORGET': jsonDelete,

  'ACL|LOG': (args, worst) => (equalsToken(args[2], 'RESET') ? worst : 'read-only'),
}
