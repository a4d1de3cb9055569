import { type HealthCheck, healthy } from '../health-check.ts'
import { buildCheck, type CheckOptions, checkFields } from './check-options.ts'
import { replyText } from './reply-text.ts'

/**
 * Asks whether the endpoint answers at all: PING. The default check; a full server and a replica pass it too.
 *
 * @throws ConfigurationError if an option makes no sense
 */
export const ping = (options: CheckOptions = {}): HealthCheck => {
  checkFields('ping', options, [])
  return buildCheck('ping', options, {
    name: 'ping',
    check: async ({ command }) => {
      const reply = replyText(await command(['PING']))
      // Thrown, not `unhealthy`: an answer to another question speaks against the connection, and the next probe makes a new one.
      if (reply !== 'PONG') throw new Error('PING was answered with something else than PONG')
      return healthy()
    },
  })
}
