import { type ArgumentRule, argumentRules } from './argument-rules.ts'
import type { CommandCategory } from './command-category.ts'
import { type CommandArgument, type CommandIndex, createCommandIndex } from './command-index.ts'
import { namesByCategory } from './command-table.generated.ts'

interface TableEntry {
  /** That of the command's worst form. */
  readonly category: CommandCategory
  readonly rule: ArgumentRule | undefined
}

function* tableEntries(): Generator<[name: string, entry: TableEntry]> {
  for (const [category, names] of Object.entries(namesByCategory) as [CommandCategory, string][]) {
    for (const name of names.trim().split(/\s+/)) yield [name, { category, rule: argumentRules[name] }]
  }
}

const table: CommandIndex<TableEntry> = /* @__PURE__ */ createCommandIndex(/* @__PURE__ */ tableEntries())

function judge(entry: TableEntry | undefined, args: readonly CommandArgument[]): CommandCategory {
  if (entry === undefined) return 'never'
  return entry.rule === undefined ? entry.category : entry.rule(args, entry.category)
}

/**
 * The category of the command `args`, its name first, in either case. Arguments count: `SET` wins over earlier writes,
 * `SET ... NX` is conditional. Commands and subcommands that the table does not know are `never`.
 */
export function commandCategory(args: readonly CommandArgument[]): CommandCategory {
  return judge(table.find(args), args)
}

/**
 * Whether running `args` again changes nothing. True does not mean that the command returns at once (`XREAD BLOCK`),
 * nor that the repetition sees what the first run saw (`XREAD ... $` waits for what is newer than now).
 */
export function isReadOnlyCommand(args: readonly CommandArgument[]): boolean {
  return commandCategory(args) === 'read-only'
}

/**
 * Whether a replica accepts `args`. Replicas refuse by the command's flag, not by its arguments: `SORT` without STORE,
 * `BITFIELD` with GETs alone, `GEORADIUS` and `GETEX` without options read, yet get READONLY there.
 */
export function isReplicaReadCommand(args: readonly CommandArgument[]): boolean {
  const entry = table.find(args)
  return entry?.category === 'read-only' && judge(entry, args) === 'read-only'
}
