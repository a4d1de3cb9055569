import type { Endpoint } from '../endpoint/endpoint.ts'
import { byPreference } from '../endpoint/endpoint-record.ts'

/** The endpoints in order of preference, as strategies expect them: by weight, then by configuration order. */
export const rankCandidates = (endpoints: readonly Endpoint[]): readonly Endpoint[] => endpoints.toSorted(byPreference)

/** The endpoint of the highest weight, the first in configuration order among equals; `undefined` where there is none. */
export const preferredOf = (endpoints: readonly Endpoint[]): Endpoint | undefined => {
  let best = endpoints[0]
  for (const endpoint of endpoints) {
    if (best !== undefined && byPreference(endpoint, best) < 0) best = endpoint
  }
  return best
}
