import type { CommandArgument } from '../adapter/client-adapter.ts'
import type { ErrorVerdict } from '../adapter/error-verdict.ts'
import { PeerUnavailableError } from '../errors/peer-error.ts'
import type { StallDetector } from '../runtime/stall-detector.ts'
import type { ProbeConnection } from './monitor-ports.ts'

/** The endpoints of the group, as the check of one of them may ask the others. */
export interface CheckPeers {
  /** Id of the endpoint that commands go to now; `undefined` while there is none. */
  readonly active: string | undefined
  /**
   * Sends a raw command to an endpoint of the group, over the connection that its health is watched on. Takes at most that
   * endpoint's own `health.timeout`. Rejects with the server's error, if that is the answer.
   *
   * @throws UnknownEndpointError if the group has no such endpoint, PeerUnavailableError if it cannot be asked now
   */
  readonly command: (endpointId: string, args: readonly CommandArgument[]) => Promise<unknown>
}

export interface AskedPeer {
  readonly id: string
  /** Its monitor connection, where there is one. */
  readonly connection: ProbeConnection | undefined
  /** Why there is none, in words. */
  readonly state: string
  readonly timeoutMs: number
  readonly stalls: StallDetector
  readonly classify: (error: unknown) => ErrorVerdict
}

/** Puts a question of another endpoint's check to an endpoint. */
export const askPeer = (
  { id, connection, state, timeoutMs, stalls, classify }: AskedPeer,
  args: readonly CommandArgument[],
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    if (connection === undefined) {
      reject(new PeerUnavailableError(id, `it is ${state}, and no connection watches it now`))
      return
    }
    const timer = stalls.setWindow(timeoutMs, () =>
      reject(new PeerUnavailableError(id, `it gave no answer within ${timeoutMs} ms`)),
    )
    connection.command(args).then(
      (reply) => {
        timer.cancel()
        resolve(reply)
      },
      (error: unknown) => {
        timer.cancel()
        const { attempt, evidence } = classify(error)
        const isAnswer = attempt === 'answered' || attempt === 'rejected'
        reject(isAnswer ? error : new PeerUnavailableError(id, evidence.message, { cause: error }))
      },
    )
  })
