import type { ErrorVerdict } from '../adapter/error-verdict.ts'
import { CommandAbortedError, CommandTimeoutError } from '../errors/call-errors.ts'
import { AmbiguousResultError, FailoverError } from '../errors.ts'
import { checkBoolean, checkFunction } from '../options/validate.ts'
import { beginRepeat } from '../retry/begin-repeat.ts'
import { decideRetry } from '../retry/retry-policy.ts'
import type { RetryPorts } from '../routing/route-ports.ts'
import { Interruption } from './interruption.ts'
import { judgeFailure } from './judge-failure.ts'
import type { PoolLease } from './lease.ts'
import type { LeaseDesk } from './lease-desk.ts'
import {
  ACQUIRE_FIELDS,
  type AcquireOptions,
  checkAcquire,
  NO_WISH,
  type WaitLimits,
  type Wish,
  wishOf,
} from './lease-request.ts'

/** How a function is run on a leased client. */
export interface ExecuteOptions extends AcquireOptions {
  /** The function may run twice: it is run again after any failure of its connection. Default false. */
  readonly idempotent?: boolean
}

/** What the function learns beside the client. */
export interface ExecuteContext {
  readonly endpointId: string
  /** 1 for the first. */
  readonly attempt: number
}

export type ExecuteFunction<TClient, T> = (client: TClient, context: ExecuteContext) => T | PromiseLike<T>

export interface ExecutorOptions<TClient> extends RetryPorts<TClient> {
  readonly desk: LeaseDesk<TClient>
  readonly onCall: () => void
}

/** What messages and events call the function. */
const NAME = 'group.execute()'
const ADVICE = 'Check the data, or pass { idempotent: true } where the function may run twice.'

interface Call<TClient, T> {
  readonly fn: ExecuteFunction<TClient, T>
  readonly wish: Wish
  readonly idempotent: boolean
  readonly timeoutMs: number | undefined
  /** In monotonic milliseconds. */
  readonly deadline: number
  readonly signal: AbortSignal | undefined
}

/** Runs functions on leased clients, and again as far as that is safe. */
export class Executor<TClient> {
  readonly #options: ExecutorOptions<TClient>

  constructor(options: ExecutorOptions<TClient>) {
    this.#options = options
  }

  /** @throws what `acquire()` and the function throw, AmbiguousResultError, CommandTimeoutError, CommandAbortedError */
  async run<T>(fn: ExecuteFunction<TClient, T>, options: ExecuteOptions = {}): Promise<T> {
    checkFunction('execute.fn', fn)
    checkAcquire('execute', options, { fields: [...ACQUIRE_FIELDS, 'idempotent'], minTimeout: 1 })
    const { timeout, signal, idempotent } = options
    this.#options.onCall()
    const call: Call<TClient, T> = {
      fn,
      wish: hasWish(options) ? wishOf('execute', options) : NO_WISH,
      idempotent: checkBoolean('execute.idempotent', idempotent ?? false),
      timeoutMs: timeout,
      deadline: timeout === undefined ? Infinity : this.#options.timers.clock.now() + timeout,
      signal,
    }
    const interruption =
      timeout === undefined && signal === undefined
        ? undefined
        : new Interruption(this.#options.timers, timeout, signal)
    try {
      return await this.#attempts(call, interruption)
    } finally {
      interruption?.end()
    }
  }

  async #attempts<T>(call: Call<TClient, T>, interruption: Interruption | undefined): Promise<T> {
    const { desk, random, maxAttempts } = this.#options
    let ambiguous: FailoverError | undefined
    for (let attempt = 1; ; attempt++) {
      const lease = await desk.lend(call.wish, this.#limits(call)).catch((error: unknown) => {
        // What an earlier attempt had sent may have executed, whatever kept this one from being made.
        if (ambiguous === undefined) throw error
        if (CommandAbortedError.isInstance(error)) throw aborted(ambiguous.endpointId, error.cause)
        throw FailoverError.isInstance(error) && error.code !== 'GROUP_CLOSED' ? ambiguous : error
      })
      const { connection } = lease.entry
      const { endpointId } = lease
      const outcome = await this.#attempt(call, lease, attempt, interruption)
      if (outcome.ok) return outcome.value
      const { error, verdict } = outcome
      if (!call.idempotent) throw this.#forCaller(error, verdict, lease)
      const decision = decideRetry(
        {
          outcome: verdict.attempt,
          retry: verdict.retry,
          unit: 'command',
          repeatable: true,
          attempt,
          maxAttempts,
          endpointLeft: !connection.alive || !desk.isChosen(call.wish, endpointId),
          keepsLosing: desk.isChosen(call.wish, endpointId) && this.#options.keepsLosing(endpointId),
        },
        random,
      )
      if (decision.action !== 'retry' || verdict.attempt === 'answered') throw error
      beginRepeat(this.#options, { endpointId, command: NAME, attempt, outcome: verdict.attempt, error }, decision)
      if (verdict.attempt === 'ambiguous')
        ambiguous = new AmbiguousResultError(NAME, endpointId, { cause: error, advice: ADVICE })
      if (decision.delayMs > 0) await desk.pause(decision.delayMs, interruption)
    }
  }

  #limits({ timeoutMs, deadline, signal }: Call<TClient, unknown>): WaitLimits {
    return {
      ...(timeoutMs === undefined ? {} : { timeout: Math.max(0, deadline - this.#options.timers.clock.now()) }),
      ...(signal === undefined ? {} : { signal }),
      call: NAME,
    }
  }

  async #attempt<T>(
    { fn, timeoutMs }: Call<TClient, T>,
    lease: PoolLease<TClient>,
    attempt: number,
    interruption: Interruption | undefined,
  ): Promise<{ ok: true; value: T } | { ok: false; error: unknown; verdict: ErrorVerdict }> {
    const { classify, observe } = this.#options
    const { connection } = lease.entry
    try {
      const running = Promise.resolve(fn(lease.client, { endpointId: lease.endpointId, attempt }))
      const value = await (interruption === undefined ? running : interruption.race(running))
      lease.release()
      return { ok: true, value }
    } catch (error) {
      if (interruption?.isFinal(error) === true) {
        // It may still send: nobody else may have its connection.
        lease.destroy()
        const { endpointId } = lease
        throw interruption.reason === 'abort'
          ? aborted(endpointId, error)
          : new CommandTimeoutError({ command: NAME, endpointId, maybeExecuted: true }, timeoutMs ?? 0)
      }
      const verdict = judgeFailure(error, connection.isUsable(), classify)
      if (connection.alive) observe(connection, verdict, error)
      if (verdict.attempt === 'ambiguous') lease.destroy()
      else lease.release()
      return { ok: false, error, verdict }
    }
  }

  // The function may have sent something before the command that failed; so what was not sent says nothing of the rest.
  #forCaller(error: unknown, { attempt }: ErrorVerdict, lease: PoolLease<TClient>): unknown {
    const { connection } = lease.entry
    return attempt === 'ambiguous' || (attempt === 'unsent' && !connection.isUsable())
      ? new AmbiguousResultError(NAME, lease.endpointId, { cause: error, advice: ADVICE })
      : error
  }
}

// The function was running, or had been: what it sent may have executed.
const aborted = (endpointId: string | undefined, cause: unknown): CommandAbortedError =>
  new CommandAbortedError({ command: NAME, endpointId, maybeExecuted: true }, { cause })

const hasWish = ({ operation, zone, exclude }: ExecuteOptions): boolean =>
  operation !== undefined || zone !== undefined || exclude !== undefined
