import type { InvariantFactory } from './invariant.ts'

interface Samples {
  least: number
  most: number
}

/** 13, 14 and 18: counters that add up, averages within their samples, pools within their limits. */
export const figuresInvariant: InvariantFactory = ({ report, settings }) => {
  const samples = new Map<string, Samples>()
  const isSound = (value: number): boolean => Number.isFinite(value) && value >= 0
  return {
    name: 'figures',
    onEvent: (event) => {
      if (event.type === 'check-succeeded') {
        const { endpointId, roundTripMs, connection } = event
        if (!isSound(roundTripMs)) report(14, `a probe of ${endpointId} took ${roundTripMs} ms`)
        if (connection !== 'monitor') return
        const known = samples.get(endpointId)
        if (known === undefined) samples.set(endpointId, { least: roundTripMs, most: roundTripMs })
        else {
          known.least = Math.min(known.least, roundTripMs)
          known.most = Math.max(known.most, roundTripMs)
        }
      } else if (event.type === 'endpoint-added') samples.delete(event.endpointId)
    },
    onLook: ({ endpoints, waiting, waitingForLease }) => {
      if (waiting < 0 || waitingForLease < 0) report(13, `${waiting} commands and ${waitingForLease} leases wait`)
      for (const { id, inFlight, roundTripMs, commandLatencyMs, pool, steadyMs, strikes } of endpoints) {
        if (!Number.isInteger(inFlight) || inFlight < 0) report(13, `${id} has ${inFlight} commands in flight`)
        if (!isSound(steadyMs) || strikes < 0) report(14, `${id}: steady for ${steadyMs} ms, ${strikes} strikes`)
        if (commandLatencyMs !== undefined && !isSound(commandLatencyMs))
          report(14, `${id}: command latency of ${commandLatencyMs} ms`)
        const known = samples.get(id)
        if (roundTripMs !== undefined && (known === undefined || outside(roundTripMs, known)))
          report(14, `${id}: round trip of ${roundTripMs} ms, samples ${known?.least} to ${known?.most}`)
        const { open, idle, lent, waiting: inLine } = pool
        if (open > settings.poolMax) report(18, `${id} has ${open} connections to lend of ${settings.poolMax}`)
        if (idle < 0 || lent < 0 || inLine < 0 || idle + lent > open)
          report(18, `${id}: ${idle} idle, ${lent} lent, ${open} open, ${inLine} waiting`)
      }
    },
  }
}

const outside = (value: number, { least, most }: Samples): boolean => value < least - 1e-9 || value > most + 1e-9
