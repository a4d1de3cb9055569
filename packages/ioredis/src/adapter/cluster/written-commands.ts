import { CONNECTION_CLOSED } from '../classify-ioredis-error.ts'

/** A command whose client tells the same of it whether it was written or not. */
interface Command {
  reject: (error: Error) => void
  toWritable: (stream: unknown) => unknown
  [REJECT]?: ((error: Error) => void) | undefined
}

const REJECT = Symbol('redis-endpoint-failover.reject')

/** What ioredis says of a command that was in flight on a closed connection, as far as it says so at all. */
const LOST_IN_FLIGHT = 'Command aborted due to connection close'

// Shared by all commands: nothing is allocated for one.
function rejectWritten(this: Command, error: Error): void {
  const reject = this[REJECT]!
  this.reject = reject
  // What is sent again after a redirection was not executed the first time.
  this[REJECT] = undefined
  const isLost = error.message === CONNECTION_CLOSED
  reject.call(this, isLost ? new Error(LOST_IN_FLIGHT, { cause: error }) : error)
}

function toWritable(this: Command, stream: unknown): unknown {
  if (this.reject !== rejectWritten) {
    this[REJECT] = this.reject
    this.reject = rejectWritten
  }
  return (Object.getPrototypeOf(this) as Command).toWritable.call(this, stream)
}

/**
 * Makes the error of a command that was written differ from that of one that was not: ioredis repeats in a Cluster
 * whatever ends in "Connection is closed.", and only what was never written may be.
 */
export const markWhenWritten = (command: object): void => {
  ;(command as Command).toWritable = toWritable
}
