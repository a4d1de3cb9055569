import { FailoverError } from '../errors.ts'

/** A scan was to go on from a cursor of an endpoint that was left: to another one it means something else. */
export class CursorLostError extends FailoverError {
  readonly command: string

  constructor(command: string, endpointId: string | undefined) {
    const whose = endpointId === undefined ? 'an endpoint' : `endpoint "${endpointId}"`
    super(
      'CURSOR_LOST',
      `${command} cannot go on: its cursor is of ${whose}, which was left since. Begin the scan again.`,
      { endpointId },
    )
    this.command = command
  }

  static override isInstance(value: unknown): value is CursorLostError {
    return FailoverError.isInstance(value) && value.code === 'CURSOR_LOST'
  }
}

/** WAIT or WAITAOF was to vouch for writes whose connection is not in use any more. It was not sent. */
export class DurabilityUnknownError extends FailoverError {
  readonly command: string

  constructor(command: string, endpointId: string) {
    super(
      'DURABILITY_UNKNOWN',
      `${command} cannot tell whether your last writes are replicated: the connection to endpoint "${endpointId}" that ` +
        'carried them was replaced or left since. Look at the data, or write again before you wait.',
      { endpointId },
    )
    this.command = command
  }

  static override isInstance(value: unknown): value is DurabilityUnknownError {
    return FailoverError.isInstance(value) && value.code === 'DURABILITY_UNKNOWN'
  }
}
