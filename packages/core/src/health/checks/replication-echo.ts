import { serverErrorCode, verdictForServerError } from '../../adapter/classify-error.ts'
import { PeerUnavailableError } from '../../errors/peer-error.ts'
import { FailoverError } from '../../errors.ts'
import { checkNumber, checkText } from '../../options/validate.ts'
import type { Clock } from '../../runtime/clock.ts'
import { uniqueId } from '../../runtime/unique-id.ts'
import type { CheckPeers } from '../check-peers.ts'
import { type HealthCheck, healthy, unhealthy } from '../health-check.ts'
import { buildCheck, type CheckOptions, checkFields } from './check-options.ts'
import { OwnKeys } from './own-keys.ts'
import { replyText } from './reply-text.ts'
import { REFUSES_THE_QUESTION } from './trial.ts'

export interface ReplicationEchoOptions extends CheckOptions {
  /** Id of the endpoint that is written to. Default: the one that is active at the time. */
  readonly source?: string
  /** Milliseconds within which what was written there must have arrived, from 1 to 60,000. Default 1000. */
  readonly maxLag?: number
  /**
   * How the name of the key begins that is written; the rest differs for each check and endpoint. An ACL needs `~<key>*`.
   * Default `redis-endpoint-failover:echo:`.
   */
  readonly key?: string
}

/** What writing and the first look may take beside `maxLag`, in milliseconds. */
const OVERHEAD_MS = 1000
const LEAST_TTL_MS = 10_000
const FIRST_LOOK_MS = 1
const LAST_LOOK_MS = 50

/**
 * Measures how long a write takes from one endpoint to another that replicates from it: writes a value that was never used
 * before at `source`, and looks for it here. One that has not arrived within `maxLag` makes the endpoint ineligible
 * (`governs` is `eligibility` by default). A probe of an endpoint that lags takes up to `maxLag` longer.
 *
 * Passes where there is nothing to measure: on the source itself, on a primary (it follows nobody), and while the source
 * cannot be asked or takes no writes. An endpoint is not blamed for the death of another.
 *
 * @throws ConfigurationError if an option makes no sense
 */
export const replicationEcho = (options: ReplicationEchoOptions = {}): HealthCheck => {
  checkFields('replicationEcho', options, ['source', 'maxLag', 'key'])
  const { source, timeout } = options
  if (source !== undefined) checkText('replicationEcho.source', source)
  const prefix = checkText('replicationEcho.key', options.key ?? 'redis-endpoint-failover:echo:')
  const maxLag = checkNumber('replicationEcho.maxLag', options.maxLag ?? 1000, {
    min: 1,
    max: 60_000,
    unit: 'milliseconds',
  })
  if (timeout !== undefined)
    checkNumber('replicationEcho.timeout', timeout, { min: maxLag + 1, max: 600_000, unit: 'milliseconds' })
  const instance = uniqueId()
  const keys = new OwnKeys()
  let nonces = 0
  return buildCheck('replicationEcho', options, {
    name: 'replicationEcho',
    governs: 'eligibility',
    timeout: maxLag + OVERHEAD_MS,
    check: async ({ endpoint, command, peers, clock, signal }) => {
      const from = source ?? peers.active
      if (from === undefined || from === endpoint.id || (await isPrimary(command))) return healthy()
      nonces += 1
      const nonce = `${instance}:${nonces}`
      return keys.with(`${prefix}${instance}:${endpoint.id}`, async (key) => {
        await write(peers, from, ['SET', key, nonce, 'PX', Math.max(LEAST_TTL_MS, 2 * maxLag)])
        const until = clock.now() + maxLag
        for (let wait = FIRST_LOOK_MS; ; wait = Math.min(2 * wait, LAST_LOOK_MS)) {
          if (replyText(await command(['GET', key])) === nonce) return healthy()
          const left = until - clock.now()
          if (left <= 0) return unhealthy(`a write to "${from}" had not arrived after ${maxLag} ms`)
          await pause(clock, Math.min(wait, left), signal)
        }
      })
    },
  })
}

const isPrimary = async (command: (args: readonly string[]) => Promise<unknown>): Promise<boolean> => {
  try {
    const role = await command(['ROLE'])
    return Array.isArray(role) && replyText(role[0]) === 'master'
  } catch (error) {
    // A proxy that does not know ROLE, or a user who may not ask: then the echo alone has to tell.
    if (error instanceof Error && REFUSES_THE_QUESTION.test(error.message)) return false
    throw error
  }
}

const write = async (peers: CheckPeers, from: string, args: readonly (string | number)[]): Promise<void> => {
  try {
    await peers.command(from, args)
  } catch (error) {
    if (FailoverError.isInstance(error) || !(error instanceof Error)) throw error
    const { evidence } = verdictForServerError(error.message)
    // The state that the source is in is its own affair. That we may not write there at all, say, has to be mended.
    if (evidence.reason !== 'out-of-memory' && evidence.weight === 'none')
      throw new Error(`the write to "${from}" was refused (${serverErrorCode(error.message)})`, { cause: error })
    throw new PeerUnavailableError(from, `it takes no writes (${evidence.message})`, { cause: error })
  }
}

const pause = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => {
      timer.cancel()
      reject(signal.reason)
    }
    const timer = clock.setTimer(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
