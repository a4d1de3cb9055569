import { CommandAbortedError, CommandTimeoutError, type EndedCall } from '../errors/call-errors.ts'
import type { Deadlines } from './deadlines.ts'
import type { SignalFollowers } from './signal-followers.ts'

/** What a call is told apart by: which command it is, and whether running it twice changes anything. */
export interface CallSubject {
  readonly name: string
  readonly readOnly: boolean
}

/** The connection that a call was given to. */
export interface CallCarrier {
  readonly endpointId: string
  /** A command on it was not answered within its time. */
  reportTimeout(): void
}

/**
 * One call of the application that may end before its reply does: by a deadline, or because the caller gives it up. Only
 * its own answer is settled then; what was sent stays in flight, so that silence stays visible and replies stay in order.
 */
export abstract class Call {
  /** The caller has his answer: nothing may be sent any more, and a reply that still comes is nobody's. */
  over = false
  /** What it is in flight on. */
  carrier: CallCarrier | undefined = undefined
  /** Leaves the queue or ends the pause that the call is in. */
  onGivenUp: (() => void) | undefined = undefined
  /** The endpoint of an attempt that may have executed, although the call was repeated. */
  ambiguousOn: string | undefined = undefined
  /** When it expires, and its neighbours among those that do later and sooner: the affair of `deadlines`. */
  dueAt = 0
  deadlines: Deadlines | undefined = undefined
  older: Call | undefined = undefined
  younger: Call | undefined = undefined
  followers: SignalFollowers | undefined = undefined

  /** Asked only when the call ends early. */
  protected abstract subject(): CallSubject
  /** Gives the caller this error. */
  protected abstract fail(error: Error): void

  /** It has ended by itself: nothing will end it early. */
  end(): void {
    this.over = true
    this.deadlines?.remove(this)
    this.followers?.remove(this)
  }

  /** Its time is over. A failure for the failure detector, never a strike by itself. */
  expire(timeoutMs: number): void {
    const { carrier } = this
    this.#endEarly(new CommandTimeoutError(this.#ended(), timeoutMs))
    carrier?.reportTimeout()
  }

  /** The caller does not want it any more; says nothing about anybody. */
  abort(reason: unknown): void {
    this.#endEarly(new CommandAbortedError(this.#ended(), { cause: reason }))
  }

  #endEarly(error: Error): void {
    const { onGivenUp } = this
    this.end()
    this.onGivenUp = undefined
    onGivenUp?.()
    this.fail(error)
  }

  #ended(): EndedCall {
    const { name, readOnly } = this.subject()
    const endpointId = this.carrier?.endpointId ?? this.ambiguousOn
    return { command: name, endpointId, maybeExecuted: endpointId !== undefined && !readOnly }
  }
}

/** Calls `leave` when the call is given up while it waits; where there is no call, nobody can give it up. */
export const whenGivenUp = (call: Call | undefined, leave: () => void): undefined => {
  if (call !== undefined) call.onGivenUp = leave
}

let capturedResolve: (value: unknown) => void
let capturedReject: (error: unknown) => void
// One executor for all promises: a closure for each would be felt.
const capture = (resolve: (value: never) => void, reject: (error: unknown) => void): void => {
  capturedResolve = resolve as (value: unknown) => void
  capturedReject = reject
}

/** A call whose answer is a promise of its own. */
export abstract class PromisedCall<T = unknown> extends Call {
  readonly promise: Promise<T>
  /** Settles `promise`. */
  protected readonly fulfil: (value: T) => void
  protected readonly fail: (error: unknown) => void

  constructor() {
    super()
    this.promise = new Promise<T>(capture)
    this.fulfil = capturedResolve
    this.fail = capturedReject
  }

  /** The reply: nobody's, where the call is over. */
  resolve(value: T): void {
    if (this.over) return
    this.end()
    this.fulfil(value)
  }

  reject(error: unknown): void {
    if (this.over) return
    this.end()
    this.fail(error)
  }
}

/** The call of a task. */
export class TaskCall<T> extends PromisedCall<T> {
  readonly #subject: CallSubject

  constructor(subject: CallSubject) {
    super()
    this.#subject = subject
  }

  protected override subject(): CallSubject {
    return this.#subject
  }
}
