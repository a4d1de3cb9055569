import { checkNumber } from '../../options/validate.ts'
import { type HealthCheck, healthy, unhealthy } from '../health-check.ts'
import { buildCheck, type CheckOptions, checkFields } from './check-options.ts'
import { replyText } from './reply-text.ts'

export interface ReplicationLagOptions extends CheckOptions {
  /** Milliseconds that a replica may have heard nothing of its master; Redis tells whole seconds. Default 10,000. */
  readonly maxLag?: number
}

/**
 * Asks a replica when it last heard of its master. One whose link is down, that is still copying the data set, or that
 * has heard nothing for longer than `maxLag`, is not eligible; a master always is. Governs eligibility by default: a replica
 * that lags still answers.
 *
 * @throws ConfigurationError if an option makes no sense
 */
export const replicationLag = (options: ReplicationLagOptions = {}): HealthCheck => {
  checkFields('replicationLag', options, ['maxLag'])
  const maxLag = checkNumber('replicationLag.maxLag', options.maxLag ?? 10_000, {
    min: 1000,
    max: 86_400_000,
    unit: 'milliseconds',
  })
  return buildCheck('replicationLag', options, {
    name: 'replicationLag',
    governs: 'eligibility',
    check: async ({ command }) => {
      const info = replyText(await command(['INFO', 'replication']))
      if (info === undefined) throw new TypeError('The reply to INFO is not a text.')
      const told = (field: string): string | undefined => new RegExp(`^${field}:(\\S*)`, 'm').exec(info)?.[1]
      if (told('role') === 'master') return healthy()
      if (told('master_link_status') !== 'up') return unhealthy('its link to its master is down')
      if (told('master_sync_in_progress') === '1') return unhealthy('it is still copying the data set of its master')
      const silentMs = Number(told('master_last_io_seconds_ago')) * 1000
      if (!(silentMs >= 0)) return unhealthy('it has never heard of its master')
      return silentMs <= maxLag ? healthy() : unhealthy(`it has heard nothing of its master for ${silentMs} ms`)
    },
  })
}
