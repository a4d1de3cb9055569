import {
  type ErrorVerdict,
  type Evidence,
  evidenceForSystemError,
  verdictForLostConnection,
  verdictForServerError,
  verdictForUnsent,
} from '@redis-endpoint-failover/core'

const lost = (message: string): Evidence => ({ weight: 'hard', reason: 'connection-lost', message })
const nothing = (message: string): Evidence => ({ weight: 'none', reason: 'reply-received', message })
const toCaller = (message: string): ErrorVerdict => ({
  attempt: 'answered',
  retry: 'active',
  evidence: nothing(message),
})

/**
 * The errors that node-redis makes itself. They have neither `name` nor `code`, and their classes belong to a package
 * that is not ours to import: so their constructor's name it is.
 */
const CLIENT_ERRORS: Readonly<Record<string, ErrorVerdict>> = {
  ClientClosedError: verdictForUnsent(lost('the client is closed')),
  ClientOfflineError: verdictForUnsent(lost('the client is offline')),
  SocketClosedUnexpectedlyError: verdictForLostConnection(lost('the peer closed the connection')),
  DisconnectsClientError: verdictForLostConnection(lost('the connection was ended')),
  SocketTimeoutError: verdictForLostConnection(lost('nothing was received for socketTimeout')),
  SocketTimeoutDuringMaintenanceError: verdictForLostConnection(lost('nothing was received during maintenance')),
  ConnectionTimeoutError: verdictForLostConnection({
    weight: 'soft',
    reason: 'connect-timeout',
    message: 'connecting took longer than connectTimeout',
  }),
  // Both end a command only as long as it was not written. That is what the caller asked for, so it is his to see.
  AbortError: toCaller('the caller gave the command up before it was sent'),
  TimeoutError: toCaller('the command was not sent within its timeout'),
  CommandTimeoutDuringMaintenanceError: toCaller('the command was not sent within its timeout'),
  // Of a command that a Cluster client took apart: some of its servers may have executed their part.
  PartlyExecutedError: verdictForLostConnection(nothing('a part of the command failed')),
  WatchError: toCaller('a watched key was changed'),
  MultiErrorReply: toCaller('commands of a batch failed'),
}

const QUEUE_FULL = verdictForUnsent(nothing('too many commands are in flight'))
const NOT_REDIS = verdictForLostConnection({
  weight: 'hard',
  reason: 'protocol-error',
  message: 'the peer does not speak the Redis protocol',
})
const UNKNOWN = toCaller('the error is not about the connection')

/** For bundles whose classes have lost their names. */
const CLIENT_MESSAGES: Readonly<Record<string, ErrorVerdict | undefined>> = {
  'The client is closed': CLIENT_ERRORS.ClientClosedError,
  'The client is offline': CLIENT_ERRORS.ClientOfflineError,
  'Socket closed unexpectedly': CLIENT_ERRORS.SocketClosedUnexpectedlyError,
  'Disconnects client': CLIENT_ERRORS.DisconnectsClientError,
  'Connection timeout': CLIENT_ERRORS.ConnectionTimeoutError,
  'The queue is full': QUEUE_FULL,
  // Of a Sentinel client that looks for the primary before it sends.
  'None of the sentinels are available': verdictForUnsent(nothing('no Sentinel answers')),
  'no valid master node': verdictForUnsent(nothing('the Sentinels name no primary')),
}

/**
 * What an error says about the attempt and about the endpoint. An error that is not known belongs to the caller: a
 * command that may have been written is never repeated on a guess.
 */
export const classifyError = (error: unknown): ErrorVerdict => {
  if (!(error instanceof Error)) return UNKNOWN
  const names = classNamesOf(error)
  const known = CLIENT_ERRORS[names[0] ?? '']
  if (known !== undefined) return known
  if (names.includes('ErrorReply')) return verdictForServerError(error.message)
  const system = evidenceForSystemError(error)
  if (system !== undefined) return verdictForLostConnection(system)
  if (isSocketError(error)) return verdictForLostConnection(lost('the connection failed'))
  if (error.message.startsWith('Unknown RESP type')) return NOT_REDIS
  const byMessage = CLIENT_MESSAGES[error.message]
  if (byMessage !== undefined) return byMessage
  // An error class of the client's, its name lost: what starts with a server's error code comes from a server.
  return names.length > 2 ? verdictForServerError(error.message) : UNKNOWN
}

// Of the classes, not `Error.prototype.name`, which node-redis leaves at "Error". From the most derived to "Error".
const classNamesOf = (error: Error): readonly string[] => {
  const names: string[] = []
  for (let proto: unknown = Object.getPrototypeOf(error); proto !== Object.prototype && proto !== null; ) {
    const name = (proto as { constructor?: { name?: unknown } }).constructor?.name
    names.push(typeof name === 'string' ? name : '')
    proto = Object.getPrototypeOf(proto)
  }
  return names
}

// What Node's sockets and streams fail with: a system call's name, or a code of their own.
const isSocketError = (error: Error): boolean => {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  return typeof syscall === 'string' || (typeof code === 'string' && /^ERR_(STREAM|SOCKET)_/.test(code))
}
