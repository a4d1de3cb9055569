import { describeValue, isShown } from './errors/shown-value.ts'

/** Every code that an error of this project can carry. */
export type FailoverErrorCode =
  | 'AMBIGUOUS_RESULT'
  | 'COMMAND_ABORTED'
  | 'COMMAND_TIMEOUT'
  | 'CONFIGURATION'
  | 'CONNECT_TIMEOUT'
  | 'CONNECTION_LOST'
  | 'CURSOR_LOST'
  | 'DURABILITY_UNKNOWN'
  | 'GROUP_CLOSED'
  | 'LEASE_RELEASED'
  | 'LISTENER'
  | 'NO_ENDPOINT_AVAILABLE'
  | 'PEER_UNAVAILABLE'
  | 'POOL_EXHAUSTED'
  | 'START_FAILED'
  | 'STRATEGY'
  | 'SUBSCRIPTION_REFUSED'
  | 'SWITCH_REFUSED'
  | 'UNKNOWN_ENDPOINT'
  | 'UNSUPPORTED'
  | 'WAITING_QUEUE_FULL'

export interface FailoverErrorOptions {
  cause?: unknown
  endpointId?: string | undefined
}

const MARKER = Symbol.for('redis-endpoint-failover.error')

/**
 * The base of all errors that this project throws. `code` is stable; `endpointId` names the endpoint concerned, where
 * there is one; `cause` is the client's own error, where there is one.
 */
export class FailoverError extends Error {
  readonly code: FailoverErrorCode
  readonly endpointId: string | undefined
  readonly [MARKER] = true

  constructor(code: FailoverErrorCode, message: string, options: FailoverErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.endpointId = options.endpointId
    this.name = new.target.name
  }

  /** True for errors of this project, whichever copy of the package made them. */
  static isInstance(value: unknown): value is FailoverError {
    return typeof value === 'object' && value !== null && MARKER in value
  }
}

/** A configuration field has a value that makes no sense. Thrown at construction; nothing has been started. */
export class ConfigurationError extends FailoverError {
  readonly field: string
  /** `undefined` where it might hold credentials: objects, functions, and texts that look like a URL. */
  readonly value: unknown
  readonly allowed: string

  constructor(field: string, value: unknown, allowed: string) {
    super('CONFIGURATION', `Invalid configuration: ${field} is ${describeValue(value)}, but must be ${allowed}.`)
    this.field = field
    this.value = isShown(value) ? value : undefined
    this.allowed = allowed
  }

  static override isInstance(value: unknown): value is ConfigurationError {
    return hasCode(value, 'CONFIGURATION')
  }
}

/** The group was closed; create a new one to go on. */
export class GroupClosedError extends FailoverError {
  constructor(group: string) {
    super('GROUP_CLOSED', `The failover group "${group}" is closed. Create a new one to go on.`)
  }

  static override isInstance(value: unknown): value is GroupClosedError {
    return hasCode(value, 'GROUP_CLOSED')
  }
}

/** No endpoint could take the command within its time. It was not sent, so it did not execute. */
export class NoEndpointAvailableError extends FailoverError {
  /** Why each endpoint could not be used, in words, by endpoint id. */
  readonly causes: Readonly<Record<string, string>>

  constructor(
    group: string,
    waitedMs: number,
    causes: Readonly<Record<string, string>>,
    options: FailoverErrorOptions = {},
  ) {
    const listed = Object.entries(causes).map(([id, why]) => `${id}: ${why}`)
    super(
      'NO_ENDPOINT_AVAILABLE',
      `No endpoint of the failover group "${group}" was available within ${Math.round(waitedMs)} ms ` +
        `(${listed.length === 0 ? 'it has no endpoints' : listed.join('; ')}). The command was not executed; it is safe to repeat.`,
      options,
    )
    this.causes = causes
  }

  static override isInstance(value: unknown): value is NoEndpointAvailableError {
    return hasCode(value, 'NO_ENDPOINT_AVAILABLE')
  }
}

/** Too many commands are waiting for an endpoint already. This one was not sent, so it did not execute. */
export class WaitingQueueFullError extends FailoverError {
  readonly maxWaiting: number

  constructor(group: string, maxWaiting: number) {
    super(
      'WAITING_QUEUE_FULL',
      `${maxWaiting} commands of the failover group "${group}" are waiting for an endpoint or a connection already ` +
        '(maxWaiting). The command was not executed; repeat it later.',
    )
    this.maxWaiting = maxWaiting
  }

  static override isInstance(value: unknown): value is WaitingQueueFullError {
    return hasCode(value, 'WAITING_QUEUE_FULL')
  }
}

/**
 * The command was written to the endpoint and no reply came. It may or may not have executed, and only the caller can
 * know whether running it again is safe.
 */
export class AmbiguousResultError extends FailoverError {
  readonly maybeExecuted = true
  /** The command's name, without its arguments. */
  readonly command: string

  constructor(
    command: string,
    endpointId: string,
    {
      advice = 'Check the data, or declare it idempotent (retry.isIdempotent).',
      ...options
    }: FailoverErrorOptions & { advice?: string },
  ) {
    super(
      'AMBIGUOUS_RESULT',
      `${command} was sent to endpoint "${endpointId}", but the connection was lost before its reply. It may or may not ` +
        `have executed, and was not repeated, because it is not known to be safe to run twice. ${advice}`,
      { ...options, endpointId },
    )
    this.command = command
  }

  static override isInstance(value: unknown): value is AmbiguousResultError {
    return hasCode(value, 'AMBIGUOUS_RESULT')
  }
}

/** An endpoint did not complete connecting, handshake included, within `connectTimeout`. */
export class ConnectTimeoutError extends FailoverError {
  constructor(endpointId: string, timeoutMs: number) {
    super(
      'CONNECT_TIMEOUT',
      `Endpoint "${endpointId}" did not complete the connection and its handshake within ${timeoutMs} ms.`,
      {
        endpointId,
      },
    )
  }

  static override isInstance(value: unknown): value is ConnectTimeoutError {
    return hasCode(value, 'CONNECT_TIMEOUT')
  }
}

/** A connection to an endpoint was lost, or given up by us. Used as the cause of other errors. */
export class ConnectionLostError extends FailoverError {
  constructor(endpointId: string, why: string, options: FailoverErrorOptions = {}) {
    super('CONNECTION_LOST', `The connection to endpoint "${endpointId}" was given up: ${why}.`, {
      ...options,
      endpointId,
    })
  }

  static override isInstance(value: unknown): value is ConnectionLostError {
    return hasCode(value, 'CONNECTION_LOST')
  }
}

/** The start-up policy was not met in time. The group goes on looking; `close()` ends it. */
export class StartFailedError extends FailoverError {
  readonly causes: Readonly<Record<string, string>>

  constructor(group: string, policy: string, timeoutMs: number, causes: Readonly<Record<string, string>>) {
    const listed = Object.entries(causes).map(([id, why]) => `${id}: ${why}`)
    super(
      'START_FAILED',
      `The failover group "${group}" did not start: policy "${policy}" was not met within ${timeoutMs} ms (${listed.join('; ')}). ` +
        'It goes on looking for endpoints; close() ends it. Check the endpoints, or choose start.policy "none" to start without them.',
    )
    this.causes = causes
  }

  static override isInstance(value: unknown): value is StartFailedError {
    return hasCode(value, 'START_FAILED')
  }
}

/** A selection strategy threw, or returned something that is not one of its candidates. It was not followed. */
export class StrategyError extends FailoverError {
  constructor(message: string, options: FailoverErrorOptions = {}) {
    super('STRATEGY', message, options)
  }

  static override isInstance(value: unknown): value is StrategyError {
    return hasCode(value, 'STRATEGY')
  }
}

/**
 * After a move or a loss, an endpoint refuses a subscription that had been confirmed before. Only ever in an `error` event,
 * once until all are confirmed again: the subscription stays wanted and is tried again. It names no channel.
 */
export class SubscriptionRefusedError extends FailoverError {
  /** `answer` is the code that the server answered with. */
  constructor(endpointId: string, answer: string) {
    super(
      'SUBSCRIPTION_REFUSED',
      `Endpoint "${endpointId}" refused (${answer}) a subscription that there was before, so its messages do not arrive. It is ` +
        'tried again until it succeeds; check what the user may subscribe to on this endpoint (ACL).',
      { endpointId },
    )
  }

  static override isInstance(value: unknown): value is SubscriptionRefusedError {
    return hasCode(value, 'SUBSCRIPTION_REFUSED')
  }
}

/** `switchTo` was asked for an endpoint that is not fit. Nothing was changed. */
export class SwitchRefusedError extends FailoverError {
  constructor(endpointId: string, why: string) {
    super(
      'SWITCH_REFUSED',
      `Not switching to endpoint "${endpointId}": ${why}. Nothing was changed; { force: true } overrides this.`,
      {
        endpointId,
      },
    )
  }

  static override isInstance(value: unknown): value is SwitchRefusedError {
    return hasCode(value, 'SWITCH_REFUSED')
  }
}

/** No endpoint of that id is in the group. */
export class UnknownEndpointError extends FailoverError {
  constructor(endpointId: string, known: readonly string[]) {
    super(
      'UNKNOWN_ENDPOINT',
      `There is no endpoint "${endpointId}" in the group; it has ${known.map((id) => `"${id}"`).join(', ') || 'none'}.`,
      {
        endpointId,
      },
    )
  }

  static override isInstance(value: unknown): value is UnknownEndpointError {
    return hasCode(value, 'UNKNOWN_ENDPOINT')
  }
}

/** The transparent client does not support this call, and says so instead of doing it on the wrong connection. */
export class UnsupportedOperationError extends FailoverError {
  readonly operation: string

  constructor(operation: string, whatToDo: string) {
    super('UNSUPPORTED', `${operation} is not supported on a failover client: ${whatToDo}`)
    this.operation = operation
  }

  static override isInstance(value: unknown): value is UnsupportedOperationError {
    return hasCode(value, 'UNSUPPORTED')
  }
}

/** For the `isInstance` of each class. */
export const hasCode = (value: unknown, code: FailoverErrorCode): boolean =>
  FailoverError.isInstance(value) && value.code === code
