import type { ManagedConnection } from '../connections/managed-connection.ts'
import type { TimerScope } from '../runtime/timer-scope.ts'

export interface ConnectionValidation {
  readonly timers: TimerScope
  /** Milliseconds that the connection has for its PING. */
  readonly timeoutMs: number
  /** Whether an error shows that the server answered. */
  readonly isAnswer: (error: unknown) => boolean
  /** Called once. */
  readonly onEnd: (result: 'good' | 'bad' | 'silent') => void
}

/**
 * Asks a connection that was idle for long whether it still works: something on the way may have dropped it and told
 * neither side.
 */
export const validateConnection = (
  connection: Pick<ManagedConnection, 'command'>,
  { timers, timeoutMs, isAnswer, onEnd }: ConnectionValidation,
): void => {
  let ended = false
  const end = (result: 'good' | 'bad' | 'silent'): void => {
    if (ended) return
    ended = true
    timer.cancel()
    onEnd(result)
  }
  const timer = timers.setDecision(timeoutMs, () => end('silent'))
  connection.command(['PING']).then(
    () => end('good'),
    (error: unknown) => end(isAnswer(error) ? 'good' : 'bad'),
  )
}
