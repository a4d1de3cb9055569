import { presets } from '@redis-endpoint-failover/core'

export const endpointIds = ['east', 'west', 'south'] as const
export type EndpointId = (typeof endpointIds)[number]

/** The endpoint with the highest weight. */
export const preferredId: EndpointId = 'east'

export const weights: Readonly<Record<EndpointId, number>> = { east: 3, west: 2, south: 1 }

/** Commands per second. */
export const load = { reads: 200, incrs: 50 } as const

/** The password of the default user of all servers, until the demo changes it. */
export const password = 'demo'

/** Everything that detects faults stays as it is by default. */
export const defaults = presets.default

/** The only settings that are not at their defaults: waits that would make the demo long. Milliseconds. */
export const shortened = { grace: 1500, freshProbeInterval: 1500 } as const

/** What the adapters are given besides the endpoints' addresses. */
export const groupOptions = {
  name: 'demo',
  failback: { grace: shortened.grace },
  health: { freshProbeInterval: shortened.freshProbeInterval },
}

export const shortenedText = [
  `failback.grace ${shortened.grace} instead of ${defaults.failback.grace} ms`,
  `health.freshProbeInterval ${shortened.freshProbeInterval} instead of ${defaults.health.freshProbeInterval} ms`,
]
