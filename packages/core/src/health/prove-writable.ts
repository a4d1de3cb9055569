import type { CommandArgument } from '../adapter/client-adapter.ts'
import type { HealthReason } from './evidence.ts'
import type { ProbeConnection } from './monitor-ports.ts'
import { within } from './probe.ts'
import type { ProbeTarget } from './probe-target.ts'

const WRITE_KEY = 'redis-endpoint-failover:writable'
const WRITE_TTL_MS = 1000

/** What the proof found. `unknown` where the server would not tell: a proxy without ROLE, a user without the right. */
export type WritableProof =
  | { readonly writable: true }
  | { readonly writable: false; readonly reason: HealthReason; readonly message: string }

export interface ProveWritableContext {
  readonly command: (args: readonly CommandArgument[]) => Promise<unknown>
  /** Why the endpoint is not writable now, if it is not. */
  readonly notWritableReason: HealthReason | undefined
  /** The evidence behind an error that the server answered with, if it is about writing. */
  readonly refusal: (error: unknown) => { reason: HealthReason; message: string } | undefined
}

/**
 * Finds out whether an endpoint that answers can do its work. Its role is asked first, which writes nothing. Only where
 * the server has refused a write for another reason (it cannot persist, lacks replicas, is full), one is tried: a key of
 * our own that vanishes after a second.
 *
 * A server that will not tell (no ROLE behind a proxy, no permission) counts as writable: its answers to real writes
 * say otherwise soon enough.
 */
export const proveWritable = async ({
  command,
  notWritableReason,
  refusal,
}: ProveWritableContext): Promise<WritableProof> => {
  try {
    const role: unknown = await command(['ROLE'])
    const name = Array.isArray(role) ? String(role[0]) : undefined
    if (name === 'slave') return { writable: false, reason: 'read-only', message: 'the server is a read-only replica' }
  } catch (error) {
    const refused = refusal(error)
    if (refused !== undefined) return { writable: false, ...refused }
  }
  if (notWritableReason === undefined || notWritableReason === 'read-only') return { writable: true }
  try {
    await command(['SET', WRITE_KEY, '1', 'PX', WRITE_TTL_MS])
    return { writable: true }
  } catch (error) {
    const refused = refusal(error)
    return refused === undefined ? { writable: true } : { writable: false, ...refused }
  }
}

/** The same over a connection, within the time of a probe; `undefined` when that was not enough. */
export const proveInTime = (
  { health, stalls, settings, ports }: Pick<ProbeTarget, 'health' | 'stalls' | 'settings' | 'ports'>,
  connection: ProbeConnection,
): Promise<WritableProof | undefined> => {
  const { notWritableReason } = health()
  const refusal = (error: unknown): { reason: HealthReason; message: string } | undefined => {
    const evidence = ports.evidenceOf(error)
    return evidence.weight === 'not-writable' || evidence.reason === 'out-of-memory' ? evidence : undefined
  }
  return within(
    stalls,
    settings().timeout,
    (command) => proveWritable({ command, notWritableReason, refusal }),
    connection,
  )
}
