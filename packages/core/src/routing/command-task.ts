import type { CommandArgument } from '../adapter/client-adapter.ts'
import type { ManagedConnection } from '../connections/managed-connection.ts'
import { blockingTimeoutMs } from '../retry/commands/index.ts'
import type { Call } from './call.ts'
import type { CallLimits } from './call-limits.ts'

/**
 * What a command is made of, for repeating: a pipeline is repeated as a whole or not at all; a transaction only if it
 * certainly did not run; a blocking command once it was written only if it reads.
 */
export type CommandUnit = 'command' | 'pipeline' | 'transaction' | 'blocking'

/** One call of the application, in a form that can be sent again. */
export interface CommandTask<TClient, T> {
  /** The command's name, for messages and events. */
  readonly name: string
  readonly unit: CommandUnit
  /** True where running it twice changes nothing. For a pipeline: every command of it. */
  readonly readOnly: boolean
  /** Name and arguments, for the user's `isIdempotent`; `undefined` for units of several commands. */
  readonly args: readonly unknown[] | undefined
  /** It belongs to the connection to the active endpoint (WATCH, cursors), also where a strategy spreads commands. */
  readonly bound?: boolean
  /** What ends it before its reply. Default: the group's `commandTimeout`. */
  readonly limits?: CallLimits | undefined
  /** The call that is under its limits already: the caller has its promise. */
  readonly call?: Call | undefined
  /** For a command that blocks: how long it may from now on, in milliseconds. Where it is missing, it is not unblocked. */
  readonly setBlockTime?: (blockMs: number) => void
  /** Sends it once. Called again for each attempt, possibly with another connection. */
  readonly send: (connection: ManagedConnection<TClient>) => Promise<T>
}

/** An attempt that failed. */
export interface FailedAttempt<TClient> {
  readonly connection: ManagedConnection<TClient>
  readonly error: unknown
  /** 1 for the first. */
  readonly attempt: number
}

/** Whether running it twice is safe: it reads only, or the user says so. Of what blocks, only what reads. */
export const isRepeatable = (
  { readOnly, args, unit }: Pick<CommandTask<never, unknown>, 'readOnly' | 'args' | 'unit'>,
  isIdempotent: ((args: readonly unknown[]) => boolean) | undefined,
): boolean => {
  if (readOnly) return true
  if (isIdempotent === undefined || args === undefined || unit === 'blocking') return false
  try {
    return isIdempotent(args) === true
  } catch {
    // A predicate that fails has not declared anything.
    return false
  }
}

/** A server looks ten times a second at whom it holds back, so it may let go late. */
const LET_GO_LATE_MS = 500

/**
 * The limits of one task in a group with this `commandTimeout`. What the server may hold back on purpose gets its block
 * time on top, and at least half a second; what may be held back for ever has no deadline.
 */
export const limitsOf = (
  { unit, args, limits = {} }: Pick<CommandTask<never, unknown>, 'unit' | 'args' | 'limits'>,
  commandTimeout: number | undefined,
): CallLimits => {
  if (unit !== 'blocking' || limits.timeout !== undefined || commandTimeout === undefined) return limits
  const blockMs = blockTimeOf({ args })
  return { ...limits, timeout: Number.isFinite(blockMs) ? blockMs + Math.max(commandTimeout, LET_GO_LATE_MS) : 0 }
}

/** Milliseconds that the server may hold back the reply on purpose; `Infinity` for ever, and where nobody knows. */
export const blockTimeOf = ({ args }: Pick<CommandTask<never, unknown>, 'args'>): number =>
  args === undefined ? Infinity : (blockingTimeoutMs(args as readonly CommandArgument[]) ?? 0)
