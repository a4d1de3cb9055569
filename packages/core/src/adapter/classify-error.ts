import type { Evidence, EvidenceWeight, HealthReason } from '../health/evidence.ts'
import type { AttemptOutcome, ErrorVerdict } from './error-verdict.ts'

type Row = readonly [
  attempt: AttemptOutcome,
  retry: ErrorVerdict['retry'],
  weight: EvidenceWeight,
  reason: HealthReason,
  message: string,
]

/**
 * What each error code of a Redis server means. Codes are the first word of the message and match whole, so `BUSYGROUP`
 * is not `BUSY`. A code that is not listed is the command's own answer.
 */
const SERVER_ERRORS: Readonly<Record<string, Row>> = {
  LOADING: ['rejected', 'active', 'conclusive', 'loading', 'the server is loading its data set'],
  MASTERDOWN: [
    'rejected',
    'active',
    'conclusive',
    'master-down',
    'the replica lost its master and serves no stale data',
  ],
  CLUSTERDOWN: ['rejected', 'active', 'conclusive', 'cluster-down', 'the cluster is down'],
  READONLY: ['rejected', 'active', 'not-writable', 'read-only', 'the server is a read-only replica'],
  MISCONF: [
    'rejected',
    'switch-only',
    'not-writable',
    'misconfigured-persistence',
    'the server refuses writes because it cannot persist',
  ],
  NOREPLICAS: [
    'rejected',
    'switch-only',
    'not-writable',
    'no-replicas',
    'the server refuses writes because too few replicas are connected',
  ],
  BUSY: ['rejected', 'switch-only', 'soft', 'busy', 'the server is busy running a script'],
  OOM: ['rejected', 'switch-only', 'none', 'out-of-memory', 'the server is out of memory'],
  NOAUTH: [
    'rejected',
    'switch-only',
    'refuses-connections',
    'authentication-failed',
    'the server demands authentication',
  ],
  WRONGPASS: [
    'rejected',
    'switch-only',
    'refuses-connections',
    'authentication-failed',
    'the server refused our credentials',
  ],
  NOPERM: ['rejected', 'switch-only', 'none', 'check-failed', 'our user may not run this command'],
  EXECABORT: ['answered', 'active', 'none', 'reply-received', 'the transaction was discarded'],
  UNBLOCKED: [
    'rejected',
    'active',
    'none',
    'reply-received',
    'the server unblocked the command because its role changed',
  ],
}

/** What Node's system and TLS error codes mean for a connection attempt or an established connection. */
const SYSTEM_ERRORS: Readonly<Record<string, readonly [EvidenceWeight, HealthReason, string]>> = {
  ECONNREFUSED: ['conclusive', 'connection-refused', 'the connection was refused'],
  EHOSTUNREACH: ['conclusive', 'host-unreachable', 'the host is unreachable'],
  EHOSTDOWN: ['conclusive', 'host-unreachable', 'the host is down'],
  ENOENT: ['conclusive', 'connection-refused', 'there is no such socket file'],
  ENOTFOUND: ['refuses-connections', 'name-not-found', 'the host name was not found'],
  ECONNRESET: ['hard', 'connection-lost', 'the peer reset the connection'],
  EPIPE: ['hard', 'connection-lost', 'the peer closed the connection'],
  ECONNABORTED: ['hard', 'connection-lost', 'the connection was aborted'],
  ETIMEDOUT: ['soft', 'connect-timeout', 'the network gave up on the connection'],
  EPROTO: ['hard', 'tls-error', 'the TLS handshake failed'],
  EMFILE: ['local', 'local-fault', 'this process has too many open files'],
  ENFILE: ['local', 'local-fault', 'this machine has too many open files'],
  EADDRNOTAVAIL: ['local', 'local-fault', 'this machine has no free local port'],
  ENETUNREACH: ['local', 'local-fault', 'this machine has no route to the network'],
  ENETDOWN: ['local', 'local-fault', 'the network of this machine is down'],
  EAI_AGAIN: ['local', 'local-fault', 'the name could not be resolved at the moment'],
}

const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_OSSL|HOSTNAME_MISMATCH)/

/** The first word of a server error's message: its code. */
export const serverErrorCode = (message: string): string => {
  const space = message.indexOf(' ')
  return space === -1 ? message : message.slice(0, space)
}

// "READONLY You can't write against a read only replica. script: 2f5c..., on @user_script:1."
const FROM_SCRIPT = / script: \S+, on @/

/** The verdict on an error that the *server* answered with, from its message. */
export const verdictForServerError = (message: string): ErrorVerdict => {
  const row = SERVER_ERRORS[serverErrorCode(message)]
  if (row !== undefined) {
    const [attempt, retry, weight, reason, text] = row
    // Refused inside of a script or function, which may have written before: not the call itself was refused.
    return {
      attempt: FROM_SCRIPT.test(message) ? 'answered' : attempt,
      retry,
      evidence: { weight, reason, message: text },
    }
  }
  if (message.includes('max number of clients reached')) {
    return {
      attempt: 'rejected',
      retry: 'active',
      evidence: {
        weight: 'refuses-connections',
        reason: 'too-many-connections',
        message: 'the server has reached its connection limit',
      },
    }
  }
  return {
    attempt: 'answered',
    retry: 'active',
    evidence: { weight: 'none', reason: 'reply-received', message: 'the server answered with an error of the command' },
  }
}

/** The observation behind a system or TLS error, or `undefined` if `error` is neither. */
export const evidenceForSystemError = (error: unknown): Evidence | undefined => {
  const code = systemErrorCode(error)
  if (code === undefined) return undefined
  const row = SYSTEM_ERRORS[code]
  if (row !== undefined) return { weight: row[0], reason: row[1], message: `${row[2]} (${code})` }
  if (TLS_CODE.test(code))
    return { weight: 'refuses-connections', reason: 'tls-error', message: `TLS failed (${code})` }
  return undefined
}

// Node puts the errors of several addresses (IPv6, then IPv4) into one AggregateError, which has a code of its own.
const systemErrorCode = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return systemErrorCode(error.errors.at(-1))
  return undefined
}

/** The verdict on losing the connection under a command: written, no reply. */
export const verdictForLostConnection = (evidence: Evidence): ErrorVerdict => ({
  attempt: 'ambiguous',
  retry: 'active',
  evidence,
})

/** The verdict on a command that the client refused before writing it. */
export const verdictForUnsent = (evidence: Evidence): ErrorVerdict => ({ attempt: 'unsent', retry: 'active', evidence })
