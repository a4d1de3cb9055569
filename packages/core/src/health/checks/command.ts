import type { CommandArgument } from '../../adapter/client-adapter.ts'
import { ConfigurationError } from '../../errors.ts'
import { checkBoolean, checkFunction } from '../../options/validate.ts'
import { type CheckResult, type HealthCheck, healthy } from '../health-check.ts'
import { buildCheck, type CheckOptions, checkFields } from './check-options.ts'
import { judgeExpectation } from './expectation.ts'

export interface CommandCheckOptions extends CheckOptions {
  /** The command and its arguments, e.g. `['CLUSTER', 'INFO']`. */
  readonly args: readonly CommandArgument[]
  /** Judges the reply, as the client decodes it. Default: every reply that is not an error is good. */
  readonly expect?: (reply: unknown) => boolean | CheckResult
  /** True if the reply shows that the endpoint can do its work. Default false. */
  readonly capability?: boolean
}

/**
 * Sends any command and judges its reply. Named after the command by default.
 *
 * @throws ConfigurationError if an option makes no sense
 */
export const command = (options: CommandCheckOptions): HealthCheck => {
  checkFields('command', options, ['args', 'expect', 'capability'])
  const { expect } = options
  if (expect !== undefined) checkFunction('command.expect', expect)
  const capability = checkBoolean('command.capability', options.capability ?? false)
  const args = checkArguments(options.args)
  const verb = String(args[0]).toUpperCase()
  return buildCheck('command', options, {
    name: verb,
    capability,
    check: async (context) => {
      const reply = await context.command(args)
      return expect === undefined ? healthy() : judgeExpectation(`the reply to ${verb}`, expect(reply))
    },
  })
}

const checkArguments = (args: unknown): readonly CommandArgument[] => {
  const fits =
    Array.isArray(args) && args.length > 0 && typeof args[0] === 'string' && args[0] !== '' && args.every(isArgument)
  if (!fits)
    throw new ConfigurationError(
      'command.args',
      args,
      'a list of strings, numbers and buffers that begins with the command',
    )
  return Object.freeze([...args])
}

const isArgument = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array
