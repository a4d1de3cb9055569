import { serverErrorCode } from '../../adapter/classify-error.ts'
import { ConfigurationError } from '../../errors.ts'
import { checkText } from '../../options/validate.ts'
import { type HealthCheck, healthy, unhealthy } from '../health-check.ts'
import { buildCheck, type CheckOptions, checkFields } from './check-options.ts'
import { replyText } from './reply-text.ts'

export interface KeyValueOptions extends CheckOptions {
  /** The key to read, as the endpoint knows it: a key prefix of the client is not applied. */
  readonly key: string
  /** What it must hold. */
  readonly value: string | number
}

/**
 * Asks whether an agreed key holds an agreed value, so that an operator can take an endpoint out by changing the value.
 * A key that is missing or holds something else is conclusive.
 *
 * @throws ConfigurationError if an option makes no sense
 */
export const keyValue = (options: KeyValueOptions): HealthCheck => {
  checkFields('keyValue', options, ['key', 'value'])
  const key = checkText('keyValue.key', options.key)
  if (typeof options.value !== 'string' && typeof options.value !== 'number') {
    throw new ConfigurationError('keyValue.value', options.value, 'a text or a number')
  }
  const value = String(options.value)
  return buildCheck('keyValue', options, {
    name: 'keyValue',
    check: async ({ command }) => {
      try {
        const reply = await command(['GET', key])
        if (reply === null || reply === undefined) return unhealthy('the agreed key does not exist')
        return replyText(reply) === value ? healthy() : unhealthy('the agreed key holds another value')
      } catch (error) {
        if (error instanceof Error && serverErrorCode(error.message) === 'WRONGTYPE')
          return unhealthy('the agreed key holds another type')
        throw error
      }
    },
  })
}
