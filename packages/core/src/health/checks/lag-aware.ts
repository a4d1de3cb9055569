import { ConfigurationError } from '../../errors.ts'
import { checkNumber, checkOneOf } from '../../options/validate.ts'
import type { HealthCheck } from '../health-check.ts'
import { checkFields } from './check-options.ts'
import { http } from './http.ts'
import type { HttpCheckOptions } from './http-options.ts'

export interface LagAwareOptions
  extends Pick<HttpCheckOptions, 'name' | 'timeout' | 'governs' | 'headers' | 'basicAuth' | 'ca'> {
  /** Where the REST API answers, e.g. `https://cluster.example:9443`. */
  readonly url: string | URL
  /** The database's number (`uid`, `bdb`). */
  readonly database: number
  /** `database` (default): anywhere in the cluster. `local-endpoint`: on the node that is asked. */
  readonly form?: 'database' | 'local-endpoint'
  /** Milliseconds that replication may lag behind. Default 100. */
  readonly tolerance?: number
}

const PATHS = {
  database: (database: number) => `/v1/bdbs/${database}/availability`,
  'local-endpoint': (database: number) => `/v1/local/bdbs/${database}/endpoint/availability`,
} as const

/**
 * Asks Redis Software's REST API whether a database is available and its replication lags no more than `tolerance`. It is
 * an `http()` check with the right address.
 *
 * @throws ConfigurationError if an option makes no sense
 */
export const lagAware = (options: LagAwareOptions): HealthCheck => {
  checkFields('lagAware', options, ['url', 'database', 'form', 'tolerance', 'headers', 'basicAuth', 'ca'])
  const { database, form, tolerance, ...rest } = options
  const path = PATHS[checkOneOf('lagAware.form', form ?? 'database', ['database', 'local-endpoint'])]
  const url = baseOf(options.url)
  url.pathname = path(checkNumber('lagAware.database', database, { min: 1, integer: true }))
  const toleratedMs = checkNumber('lagAware.tolerance', tolerance ?? 100, {
    min: 1,
    max: 3_600_000,
    integer: true,
    unit: 'milliseconds',
  })
  url.search = new URLSearchParams({
    extend_check: 'lag',
    availability_lag_tolerance_ms: String(toleratedMs),
  }).toString()
  return http({ name: 'lagAware', ...rest, url })
}

const baseOf = (url: string | URL): URL => {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined
  if (parsed?.protocol === 'https:' || parsed?.protocol === 'http:') return parsed
  // The text itself may hold credentials, so it is not shown.
  throw new ConfigurationError('lagAware.url', 'something else', 'a URL such as https://cluster.example:9443')
}
