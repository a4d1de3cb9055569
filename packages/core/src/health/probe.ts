import type { CommandArgument } from '../adapter/client-adapter.ts'
import { PeerUnavailableError } from '../errors/peer-error.ts'
import { textOf } from '../errors/text-of.ts'
import type { StallDetector } from '../runtime/stall-detector.ts'
import type { CheckPeers } from './check-peers.ts'
import { type Evidence, noEvidence } from './evidence.ts'
import type { HealthCheck } from './health-check.ts'
import type { ProbeConnection } from './monitor-ports.ts'
import { runCheck } from './run-check.ts'

export interface ProbeRequest {
  readonly connection: ProbeConnection
  readonly checks: readonly HealthCheck[]
  readonly endpoint: {
    readonly id: string
    readonly zone: string | undefined
    readonly tags: Readonly<Record<string, string>>
  }
  /** Milliseconds for each check that has no timeout of its own. */
  readonly timeoutMs: number
  readonly stalls: StallDetector
  /** Aborted when the outcome no longer matters. */
  readonly signal: AbortSignal
  readonly peers: CheckPeers
  readonly evidenceOf: (error: unknown) => Evidence
  readonly onStarted: (check: string) => void
}

export type ProbeResult =
  | {
      readonly ok: true
      readonly firstCheck: string | undefined
      readonly roundTripMs: number
      readonly capabilities: readonly string[]
      readonly notEligible: string | undefined
    }
  | { readonly ok: false; readonly check: HealthCheck; readonly evidence: Evidence }

/**
 * Puts every check to one connection, one after another. The first liveness check that fails ends the probe; an
 * eligibility check that fails is noted and does not. Once the signal is aborted, no further check begins.
 */
export const probe = async (request: ProbeRequest): Promise<ProbeResult> => {
  const { clock } = request.stalls
  const startedAt = clock.now()
  const capabilities: string[] = []
  let roundTripMs: number | undefined
  let notEligible: string | undefined
  for (const check of request.checks) {
    request.onStarted(check.name)
    const evidence = await put(check, request)
    // Called off: nobody wants to know the rest, and the endpoint may be gone from the group.
    if (request.signal.aborted) return { ok: false, check, evidence: noEvidence }
    // The first check's time is the round trip: `ping` unless the user chose otherwise.
    roundTripMs ??= clock.now() - startedAt
    if (evidence === undefined) {
      if (check.capability === true) capabilities.push(check.name)
    } else if (check.governs === 'eligibility') {
      notEligible ??= `${check.name}: ${evidence.message}`
    } else {
      return { ok: false, check, evidence }
    }
  }
  const firstCheck = request.checks[0]?.name
  return { ok: true, firstCheck, roundTripMs: roundTripMs ?? clock.now() - startedAt, capabilities, notEligible }
}

const put = async (check: HealthCheck, request: ProbeRequest): Promise<Evidence | undefined> => {
  const timeoutMs = check.timeout ?? request.timeoutMs
  const outcome = await runCheck(
    check,
    {
      endpoint: request.endpoint,
      command: (args, options) => abortable(request.connection.command(args), options?.signal),
      peers: request.peers,
      clock: request.stalls.clock,
      signal: request.signal,
    },
    timeoutMs,
    request.stalls,
  )
  if ('timedOut' in outcome)
    return { weight: 'soft', reason: 'probe-timeout', message: `${check.name} got no answer within ${timeoutMs} ms` }
  if ('result' in outcome) {
    return outcome.result.healthy
      ? undefined
      : { weight: 'conclusive', reason: 'check-failed', message: `${check.name}: ${outcome.result.reason}` }
  }
  // Another endpoint could not be asked: this one is not to blame for it.
  if (PeerUnavailableError.isInstance(outcome.error)) return undefined
  return fromError(check, outcome.error, request.evidenceOf)
}

/** What an error thrown by a check weighs, beyond what the error itself says. */
const fromError = (check: HealthCheck, error: unknown, evidenceOf: (error: unknown) => Evidence): Evidence => {
  const evidence = evidenceOf(error)
  // One write may meet a full server; a check that writes is asked to notice just that.
  if (evidence.reason === 'out-of-memory') return { ...evidence, weight: 'not-writable' }
  if (evidence.weight !== 'none') return evidence
  const said = textOf(error)
  if (/^NOPERM\b/.test(said))
    return { weight: 'conclusive', reason: 'authentication-failed', message: `${check.name}: our user may not run it` }
  return { weight: 'soft', reason: 'check-failed', message: `${check.name} failed: ${said.slice(0, 200)}` }
}

const abortable = (reply: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> => {
  if (signal === undefined) return reply
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    reply.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Sends a few commands of our own beside the checks, within `timeoutMs`; `undefined` when that was not enough or it failed. */
export const within = <T>(
  stalls: StallDetector,
  timeoutMs: number,
  work: (command: (args: readonly CommandArgument[]) => Promise<unknown>) => Promise<T>,
  connection: ProbeConnection,
): Promise<T | undefined> =>
  new Promise((resolve) => {
    const timer = stalls.setWindow(timeoutMs, () => resolve(undefined))
    void work((args) => connection.command(args))
      .catch(() => undefined)
      .then((value) => {
        timer.cancel()
        resolve(value)
      })
  })
