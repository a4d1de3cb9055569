import { serverErrorCode } from '../../adapter/classify-error.ts'
import { checkNumber, checkText } from '../../options/validate.ts'
import { uniqueId } from '../../runtime/unique-id.ts'
import { type HealthCheck, type HealthCheckContext, healthy, unhealthy } from '../health-check.ts'
import { buildCheck, type CheckOptions, checkFields } from './check-options.ts'
import { OwnKeys } from './own-keys.ts'
import { replyText } from './reply-text.ts'

export interface SetGetOptions extends CheckOptions {
  /**
   * How the key's name begins; the rest differs for each check and endpoint, so that processes that check the same server
   * do not read each other's values. An ACL needs `~<key>*`. Default `redis-endpoint-failover:health:`.
   */
  readonly key?: string
  /** Milliseconds after which the key vanishes when nobody checks any more, from 1,000 to 86,400,000. Default 10,000. */
  readonly ttl?: number
}

/** A value lost between SET and GET (FLUSHALL, eviction, somebody else's write) is not the server's fault; twice in a row is. */
const ATTEMPTS = 2

/**
 * Asks whether the endpoint can write and read: sets a key of its own to a value that was never used before, and
 * expects to read it back. Whatever is at the key is replaced. A capability check.
 *
 * @throws ConfigurationError if an option makes no sense
 */
export const setGet = (options: SetGetOptions = {}): HealthCheck => {
  checkFields('setGet', options, ['key', 'ttl'])
  const prefix = checkText('setGet.key', options.key ?? 'redis-endpoint-failover:health:')
  const ttl = checkNumber('setGet.ttl', options.ttl ?? 10_000, {
    min: 1_000,
    max: 86_400_000,
    integer: true,
    unit: 'milliseconds',
  })
  const instance = uniqueId()
  const keys = new OwnKeys()
  let nonces = 0
  return buildCheck('setGet', options, {
    name: 'setGet',
    capability: true,
    check: ({ command, endpoint }) =>
      keys.with(`${prefix}${instance}:${endpoint.id}`, async (key) => {
        let reason = ''
        for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
          nonces += 1
          const nonce = `${instance}:${nonces}`
          await command(['SET', key, nonce, 'PX', ttl])
          const found = await readBack(command, key)
          if (found === nonce) return healthy()
          reason =
            found === undefined ? 'what was written could not be read back' : 'what was read is not what was written'
        }
        return unhealthy(reason)
      }),
  })
}

const readBack = async (command: HealthCheckContext['command'], key: string): Promise<string | undefined> => {
  try {
    return replyText(await command(['GET', key]))
  } catch (error) {
    // Somebody put another type there after our SET; the next SET replaces it.
    if (error instanceof Error && serverErrorCode(error.message) === 'WRONGTYPE') return undefined
    throw error
  }
}
