import { checkOneOf } from '../../options/validate.ts'
import { type HealthCheck, healthy, unhealthy } from '../health-check.ts'
import { buildCheck, type CheckOptions, checkFields } from './check-options.ts'
import { replyText } from './reply-text.ts'

export interface RoleOptions extends CheckOptions {
  /** The role that the endpoint must have. Default `master`. */
  readonly expect?: 'master' | 'replica'
}

/**
 * Asks for the server's role. Another one than expected is conclusive. Writes nothing.
 *
 * @throws ConfigurationError if an option makes no sense
 */
export const role = (options: RoleOptions = {}): HealthCheck => {
  checkFields('role', options, ['expect'])
  const expected = checkOneOf('role.expect', options.expect ?? 'master', ['master', 'replica'])
  return buildCheck('role', options, {
    name: 'role',
    capability: true,
    expectsRole: expected,
    check: async ({ command }) => {
      const reply = await command(['ROLE'])
      const told = Array.isArray(reply) ? replyText(reply[0]) : undefined
      if (told === undefined) throw new TypeError('The reply to ROLE is not one that a Redis server gives.')
      const actual = told === 'slave' ? 'replica' : told
      return actual === expected ? healthy() : unhealthy(`its role is ${actual}, not ${expected}`)
    },
  })
}
