import { classifyError } from '../classify-error.ts'
import type { Internals } from '../native/internals.ts'

/**
 * Whether the client begins with HELLO, and so learns whether the server lets it in. With RESP 2 it begins with commands
 * whose errors it ignores, and is ready where it was not let in at all.
 */
export const greetsServer = ({ options, _commandOptions }: Internals): boolean => {
  if (options?.RESP !== undefined) return options.RESP === 3
  // RESP 3 is the default from node-redis 6 on, which merges the command options into an object of its own.
  return _commandOptions !== undefined && _commandOptions !== options?.commandOptions
}

/** Rejects if the server wants credentials, or is gone. Any other answer is one. */
export const askWhetherLetIn = async (native: Internals): Promise<void> => {
  try {
    await native.sendCommand(['PING'])
  } catch (error) {
    const { attempt, evidence } = classifyError(error)
    const wasAnswered = attempt === 'answered' || attempt === 'rejected'
    if (!wasAnswered || evidence.weight === 'refuses-connections') throw error
  }
}
