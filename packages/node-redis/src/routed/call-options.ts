import type { CallLimits } from '@redis-endpoint-failover/core'
import type { CommandOptions } from '../native/internals.ts'

/** Whether the caller's options end the command before its reply. Asked for every command. */
export const hasLimits = (options: CommandOptions | undefined): boolean =>
  options !== undefined && (options.timeout !== undefined || options.abortSignal !== undefined)

/** `timeout` and `abortSignal` of one call or view, as the group takes them. */
export const limitsOf = (options: CommandOptions | undefined): CallLimits | undefined =>
  hasLimits(options) ? { timeout: options?.timeout, signal: options?.abortSignal } : undefined

const stripped = new WeakMap<CommandOptions, CommandOptions>()

/**
 * The options that the native client gets. It would end a command only as long as that was not written, at the price of
 * an AbortSignal for each; so the two are ours alone.
 */
export const withoutLimits = (options: CommandOptions | undefined): CommandOptions | undefined => {
  if (!hasLimits(options)) return options
  const given = options as CommandOptions
  let own = stripped.get(given)
  if (own === undefined) {
    own = { ...given, timeout: undefined, abortSignal: undefined }
    stripped.set(given, own)
  }
  return own
}
