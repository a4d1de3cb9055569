import type { ManagedConnection } from '../connections/managed-connection.ts'

/**
 * What a command is made of, for repeating: a pipeline is repeated as a whole or not at all; a transaction only if it
 * certainly did not run; a blocking command never once it was written.
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
