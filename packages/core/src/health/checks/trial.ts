import { type HealthCheck, healthy } from '../health-check.ts'

/** Errors of a server that answers, but does not let us ask. */
export const REFUSES_THE_QUESTION = /^(NOPERM|ERR unknown command)/

/**
 * The one call that an endpoint has to answer before it is taken into use, where nothing else is asked of it (`health:
 * false`): a PING. A user that may not run it, or a proxy that does not know it, has answered as well.
 */
export const trial: HealthCheck = Object.freeze({
  name: 'trial',
  check: async ({ command }) => {
    try {
      await command(['PING'])
    } catch (error) {
      if (!(error instanceof Error && REFUSES_THE_QUESTION.test(error.message))) throw error
    }
    return healthy()
  },
} satisfies HealthCheck)
