import type { InvariantFactory } from './invariant.ts'

const MIN_GAP_MS = 100
const ROUNDING_MS = 0.001
const CALM_MS = 5000

/** 12 and 23: probes of one connection are never too close to each other, and no endpoint is forgotten. */
export const probesInvariant: InvariantFactory = ({ now, settings, truth, report, model }) => {
  const lastRegular = new Map<string, number>()
  let firstCheck: string | undefined
  const connected = new Set<string>()
  const lastSign = new Map<string, number>()
  return {
    name: 'probes',
    onEvent: (event) => {
      switch (event.type) {
        case 'endpoint-added':
          lastSign.set(event.endpointId, now())
          return
        case 'endpoint-removed':
          lastSign.delete(event.endpointId)
          lastRegular.delete(event.endpointId)
          connected.delete(event.endpointId)
          return
        case 'connection-opened':
          // The first probe of an endpoint comes on a connection that is kept for the application.
          if (event.purpose === 'monitor' || event.purpose === 'probe') connected.add(event.endpointId)
          return
        case 'check-failed':
          lastSign.set(event.endpointId, now())
          return
        case 'check-started': {
          const { endpointId, check, connection } = event
          lastSign.set(endpointId, now())
          if (connection !== 'monitor' || !settings.isChecked) return
          // A probe with several checks begins with the first of them.
          firstCheck ??= check
          if (check !== firstCheck) return
          const last = lastRegular.get(endpointId)
          // Of a server in trouble, connections are refused before another one is asked.
          const isWell = now() - truth.wellSince(endpointId) > CALM_MS
          if (isWell && last !== undefined && now() - last < MIN_GAP_MS - ROUNDING_MS)
            report(12, `${endpointId} was probed again on one connection after ${now() - last} ms`)
          // A probe that had to connect, and to wait for its turn to, began earlier than its check: nobody saw when.
          if (connected.delete(endpointId)) lastRegular.delete(endpointId)
          else lastRegular.set(endpointId, now())
        }
      }
    },
    onLook: ({ lifecycle }) => {
      if (!settings.isChecked || lifecycle !== 'started') return
      for (const [id, at] of lastSign) {
        const { interval, timeout, connectTimeout, reprobeCap, reprobe } = settings.health(id)
        // Windows grow to three times their length while our own loop stands still.
        const longest = 1.2 * Math.max(interval, reprobeCap) + 3 * (connectTimeout + 3 * timeout) + reprobe
        const { from, to } = truth.lastStall()
        const stalledMs = Math.max(0, to - Math.max(from, at))
        if (now() - at > longest + stalledMs)
          report(23, `${id} (${model.endpoints.get(id)?.state}) has not been probed for ${now() - at} ms`)
      }
    },
  }
}
