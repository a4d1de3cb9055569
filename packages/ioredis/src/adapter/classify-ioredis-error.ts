import {
  type ErrorVerdict,
  type Evidence,
  evidenceForSystemError,
  FailoverError,
  verdictForLostConnection,
  verdictForServerError,
  verdictForUnsent,
} from '@redis-endpoint-failover/core'
import { CrossSlotError } from '../client/cluster/cross-slot-error.ts'
import { UnitFailure } from '../client/unit-failure.ts'

/** What ioredis says of a command that it did not write. */
export const NOT_WRITABLE = "Stream isn't writeable and enableOfflineQueue options is false"
/** What ioredis says of a command whose connection is gone, written or not. */
export const CONNECTION_CLOSED = 'Connection is closed.'

const lost = (message: string): Evidence => ({ weight: 'hard', reason: 'connection-lost', message })

const SAYS_NOTHING: Evidence = { weight: 'none', reason: 'reply-received', message: 'an error of the client itself' }

/** ioredis tells its own errors apart by nothing but fixed messages. */
const BY_MESSAGE: readonly (readonly [start: string, verdict: ErrorVerdict])[] = [
  [NOT_WRITABLE, verdictForUnsent(lost('the connection was closed before the command was written'))],
  [CONNECTION_CLOSED, verdictForLostConnection(lost('the connection was closed'))],
  ['Command aborted due to connection close', verdictForLostConnection(lost('the connection was closed'))],
  ['Reached the max retries per request limit', verdictForLostConnection(lost('the connection was closed'))],
  ['Socket timeout. Expecting data', verdictForLostConnection(lost('no data arrived within socketTimeout'))],
  // The time limit is the caller's; the connection may be in order.
  [
    'Command timed out',
    {
      attempt: 'ambiguous',
      retry: 'active',
      evidence: { weight: 'soft', reason: 'silence', message: 'no reply within commandTimeout' },
    },
  ],
  ['Connection in subscriber mode', verdictForUnsent(SAYS_NOTHING)],
  [
    'All sentinels are unreachable',
    verdictForUnsent({ weight: 'hard', reason: 'connection-refused', message: 'no Sentinel answers' }),
  ],
  // A Cluster's answer to each of them was to ask another node.
  ['Too many Cluster redirections', verdictForUnsent(SAYS_NOTHING)],
]

/** ioredis 6 and its older parser, on bytes that are not the protocol of Redis. */
const PROTOCOL_ERROR = /^(Unknown RESP type|Protocol error, got)/

/** What an error of ioredis says about the attempt that failed, and about the endpoint. Never throws. */
export const classifyIoredisError = (error: unknown): ErrorVerdict => {
  if (error instanceof UnitFailure) return error.verdict
  // Our own errors are no endpoint's affair.
  if (error instanceof CrossSlotError || FailoverError.isInstance(error))
    return { attempt: 'answered', retry: 'active', evidence: SAYS_NOTHING }
  if (!(error instanceof Error)) return verdictForLostConnection(SAYS_NOTHING)
  if (error.name === 'ReplyError') return verdictForServerError(error.message)
  for (const [start, verdict] of BY_MESSAGE) if (error.message.startsWith(start)) return verdict
  if (PROTOCOL_ERROR.test(error.message))
    return verdictForLostConnection({
      weight: 'hard',
      reason: 'protocol-error',
      message: 'what answers there does not speak the protocol of Redis',
    })
  // Unknown errors are the cautious case: a write that met one is not repeated.
  return verdictForLostConnection(evidenceForSystemError(error) ?? SAYS_NOTHING)
}
