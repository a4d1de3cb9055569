/** `up`: from the client to the server; `down`: from the server to the client. */
export type Direction = 'up' | 'down' | 'both'

/**
 * What a proxy does to the traffic. Every fault is off unless it is named. Faults combine: latency holds bytes first,
 * then slicing and bandwidth let them out, then a blackhole swallows what is due.
 */
export interface Faults {
  /**
   * Delay in milliseconds, or uniform between `min` and `max`, drawn for every chunk; the order of bytes is kept. On the
   * way down unless `direction` says otherwise, so that a round trip grows by exactly that much.
   */
  latency?: number | { min: number; max: number; direction?: Direction }
  /** Most bytes per second. On the way down unless `direction` says otherwise. */
  bandwidth?: number | { bytesPerSecond: number; direction?: Direction }
  /** Pass only `bytes` bytes per `intervalMs` milliseconds. On the way down unless `direction` says otherwise. */
  slice?: { bytes: number; intervalMs: number; direction?: Direction }
  /** Swallow bytes and ends of connections, and keep the connections open. Swallowed is lost. `true` means both ways. */
  blackhole?: boolean | Direction
  /** Like a blackhole, but held bytes are delivered when the fault ends, as TCP would do after a link came back. */
  stall?: boolean | Direction
  /** Accept and say nothing, without any connection to the server. What the client says meanwhile is lost. */
  mute?: boolean
  /**
   * RST instead of FIN. `true`: at once on every connection, and on new ones as soon as they are accepted; `probability`
   * (0 to 1): only on that share of new ones; `afterBytes`: when so many more bytes of replies have been delivered.
   */
  reset?: boolean | { probability: number } | { afterBytes: number }
  /** Close the listener: connecting fails with ECONNREFUSED. Connections that are open stay; see `endConnections`. */
  refuse?: boolean
  /** Answer every chunk from the client with these bytes instead of passing it on; then end the connection on `close`. */
  garbage?: string | Uint8Array | { bytes: string | Uint8Array; close: boolean }
  /** The server's FIN or RST is kept from the client, which then talks to nobody; delivered when the fault ends. */
  halfOpen?: boolean
}

/** The faults that one connection can have of its own; they override those of the whole proxy, also with `false` or 0. */
export type ConnectionFaults = Omit<Faults, 'refuse'>

type OneWay = 'up' | 'down'

/** Milliseconds for which the next chunk is held. */
export function drawLatency({ latency = 0 }: ConnectionFaults, way: OneWay): number {
  const { min, max, direction } = typeof latency === 'number' ? { min: latency, max: latency } : latency
  return applies(direction ?? 'down', way) ? min + Math.random() * (max - min) : 0
}

export interface Pace {
  /** Most bytes that may pass now. */
  bytes: number
  /** Milliseconds until more may pass, after `count` bytes did. */
  pauseAfter(count: number): number
  /** How much of what a late timer held up passes at once, in milliseconds. */
  catchUpMs: number
}

const unlimited: Pace = { bytes: Number.POSITIVE_INFINITY, pauseAfter: () => 0, catchUpMs: 0 }

// One portion of a limited bandwidth: small enough to look steady, large enough for timers of one millisecond.
const portionMs = 20

// On a busy machine each of the hundreds of timers of one reply is late; without this the rate would be a fraction of it.
const bandwidthCatchUpMs = 1000

export function paceOf({ slice, bandwidth }: ConnectionFaults, way: OneWay): Pace {
  if (slice !== undefined && applies(slice.direction ?? 'down', way)) {
    return { bytes: Math.max(1, slice.bytes), pauseAfter: () => slice.intervalMs, catchUpMs: 0 }
  }
  if (bandwidth === undefined || bandwidth === 0) return unlimited
  const { bytesPerSecond, direction } =
    typeof bandwidth === 'number' ? { bytesPerSecond: bandwidth, direction: 'down' as const } : bandwidth
  if (!applies(direction ?? 'down', way)) return unlimited
  return {
    bytes: Math.max(1, Math.round((bytesPerSecond * portionMs) / 1000)),
    pauseAfter: (count) => (count / bytesPerSecond) * 1000,
    catchUpMs: bandwidthCatchUpMs,
  }
}

export function swallows({ blackhole = false, mute = false }: ConnectionFaults, way: OneWay): boolean {
  return mute || applies(blackhole, way)
}

export function holds({ stall = false }: ConnectionFaults, way: OneWay): boolean {
  return applies(stall, way)
}

export function garbageOf({ garbage }: ConnectionFaults): { bytes: Buffer; close: boolean } | undefined {
  if (garbage === undefined) return undefined
  const { bytes, close } =
    typeof garbage === 'string' || garbage instanceof Uint8Array ? { bytes: garbage, close: false } : garbage
  return { bytes: Buffer.from(bytes as string), close }
}

function applies(setting: boolean | Direction, way: OneWay): boolean {
  return setting === true || setting === 'both' || setting === way
}
