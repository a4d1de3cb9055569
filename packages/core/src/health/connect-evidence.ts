import { ConnectionLostError } from '../errors.ts'
import type { Evidence } from './evidence.ts'
import type { MonitorPorts } from './monitor-ports.ts'

/**
 * What an error says that a connection attempt failed with. It is evidence also where it says nothing of health on its own:
 * an endpoint that cannot be connected to must not stay unknown for ever. What we gave up ourselves is none.
 */
export const connectEvidence = (error: unknown, { evidenceOf }: Pick<MonitorPorts, 'evidenceOf'>): Evidence => {
  const evidence = evidenceOf(error)
  if (evidence.weight !== 'none' || ConnectionLostError.isInstance(error)) return evidence
  // Only an answer of the server is repeated, without what it quotes of ours: other messages may hold a URL.
  const said = error instanceof Error ? error.message : ''
  const shown = /^[A-Z]{3,} /.test(said)
    ? said.replace(/, with args beginning with.*$/is, '').slice(0, 100)
    : error instanceof Error
      ? error.name
      : 'unknown error'
  return { weight: 'soft', reason: 'check-failed', message: `connecting failed: ${shown}` }
}
