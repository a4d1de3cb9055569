import type { KnownServer } from './known-server.ts'

/** One endpoint's server, for the comparison. */
export interface ComparedServer {
  readonly endpointId: string
  readonly server: KnownServer
}

/** A primary over which another was promoted. */
export interface StalePrimary {
  /** The endpoint whose server was promoted. */
  readonly promotedId: string
  /** Bytes of its replication stream that the promoted server lacks; `undefined` where that cannot be told any more. */
  readonly divergenceBytes: number | undefined
}

const isPrimary = ({ server }: ComparedServer): boolean => server.identity.role === 'master'

const hasSucceeded = (later: KnownServer, earlier: KnownServer): boolean =>
  later.succeeded !== undefined && earlier.held.includes(later.succeeded.replid)

/**
 * The primaries over which another one was promoted, by endpoint, with all that were; in the order of `servers`. Two
 * unrelated primaries are no finding: that is how independent endpoints are. Neither are two that only look related and
 * were never seen to be, unless `expectsOne`: only one primary is wanted, so the one that was not promoted is left. Pure.
 *
 * With nobody promoted it costs one look at each server: a group may have a thousand.
 */
export const findStalePrimaries = (
  servers: readonly ComparedServer[],
  expectsOne: boolean,
): ReadonlyMap<string, readonly StalePrimary[]> => {
  const primaries = servers.filter(isPrimary)
  const promoted = primaries.filter(
    ({ server: { succeeded } }) => succeeded !== undefined && (expectsOne || succeeded.isWitnessed),
  )
  const found = new Map<string, readonly StalePrimary[]>()
  if (promoted.length === 0) return found
  for (const { endpointId, server } of primaries) {
    // One that has followed the other one since, and was promoted in its turn, is not stale.
    const over = promoted.filter(
      (other) =>
        hasSucceeded(other.server, server) && !hasSucceeded(server, other.server) && !isSame(other.server, server),
    )
    if (over.length > 0)
      found.set(
        endpointId,
        over.map((other) => ({
          promotedId: other.endpointId,
          divergenceBytes: divergence(server, other.server),
        })),
      )
  }
  return found
}

const isSame = (a: KnownServer, b: KnownServer): boolean =>
  a.identity.runId !== undefined && a.identity.runId === b.identity.runId

// The stale server may have been restarted: then it counts on from where its own former stream ended.
const divergence = (stale: KnownServer, { succeeded }: KnownServer): number | undefined => {
  const { replid, formerReplid, offset } = stale.identity
  if (succeeded?.offset === undefined || offset === undefined) return undefined
  const isSameStream = replid === succeeded.replid || formerReplid === succeeded.replid
  return isSameStream ? Math.max(0, offset - succeeded.offset) : undefined
}

/** Whether servers share a stream of writes, now or before: one follows another or has succeeded it, or two have one master. */
export const areRelated = (servers: readonly ComparedServer[]): boolean => {
  const streams = new Map<string, KnownServer>()
  const isShared = (replid: string | undefined, server: KnownServer): boolean => {
    if (replid === undefined) return false
    const other = streams.get(replid)
    streams.set(replid, server)
    return other !== undefined && other !== server && !isSame(other, server)
  }
  return servers.some(({ server }) => {
    const ids = new Set([server.identity.replid, server.succeeded?.replid, ...server.held])
    return [...ids].some((replid) => isShared(replid, server))
  })
}

/** The endpoints whose servers are primaries, each server once, without those in `stale`. Pure. */
export const primariesOf = (
  servers: readonly ComparedServer[],
  stale: ReadonlyMap<string, unknown>,
): readonly string[] => {
  const runIds = new Set<string>()
  return servers.flatMap((compared) => {
    const { endpointId, server } = compared
    if (!isPrimary(compared) || stale.has(endpointId)) return []
    const { runId } = server.identity
    if (runId !== undefined && runIds.has(runId)) return []
    if (runId !== undefined) runIds.add(runId)
    return [endpointId]
  })
}
