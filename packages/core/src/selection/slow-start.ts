import type { Endpoint } from '../endpoint/endpoint.ts'

/** How long a recovered endpoint takes to get its full share, in milliseconds. */
export const SLOW_START_MS = 20_000

/** The share at the start of the ramp, of the full one. */
const INITIAL_SHARE = 0.1

/** Endpoints that came up within this many milliseconds after the first one came up with it. */
const TOGETHER_MS = 1000

/**
 * The share of its weight that each candidate should get while some are still warming up, from 0.1 when it came up to 1
 * after 20 s, linearly; `undefined` where all are equally warm, which is nearly always. Shares are relative to the
 * warmest: endpoints that came up together get the same, so a start-up ramps nothing.
 *
 * Source: the slow start of the HAProxy and Envoy load balancers.
 */
export const slowStartShares = (candidates: readonly Endpoint[], now: number): readonly number[] | undefined => {
  let oldest = Number.POSITIVE_INFINITY
  for (const { upSince } of candidates) oldest = Math.min(oldest, upSince ?? oldest)
  const warmest = rampShare(now - oldest)
  let ramping = false
  const shares = candidates.map(({ upSince }) => {
    if (upSince === undefined || upSince - oldest <= TOGETHER_MS) return 1
    const share = rampShare(now - upSince) / warmest
    ramping ||= share < 1
    return share
  })
  return ramping ? shares : undefined
}

const rampShare = (upForMs: number): number =>
  Math.min(1, INITIAL_SHARE + (1 - INITIAL_SHARE) * (Math.max(0, upForMs) / SLOW_START_MS))
