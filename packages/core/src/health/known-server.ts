import type { ServerIdentity } from './server-identity.ts'

/** How many of a server's own replication ids are remembered; it takes a new one at each restart. */
const REMEMBERED_IDS = 16

/** A stream of writes that a server followed before it was promoted, and how much of it it has. */
export interface Succession {
  readonly replid: string
  readonly offset: number | undefined
  /**
   * It was seen to follow that stream. Where it was not, it may have been started from a copy of the other one's data
   * file, which carries the same ids.
   */
  readonly isWitnessed: boolean
}

/**
 * What is known about the server behind an endpoint: what it said last, and what it said before as far as that matters
 * still. Redis forgets on its own: a restart makes a new replication id, and an hour without replicas
 * (`repl-backlog-ttl`) makes a new one and drops the former. Neither brings a stale primary's data up to date.
 */
export interface KnownServer {
  readonly identity: ServerIdentity
  /** When the identity was read, in monotonic milliseconds. */
  readonly readAt: number
  /** The ids under which it has been a master since it last followed another server. */
  readonly held: readonly string[]
  /** What it followed before it became the master that it is. */
  readonly succeeded: Succession | undefined
}

/** Adds what a server says now to what is known about it. Pure. */
export const rememberServer = (known: KnownServer | undefined, identity: ServerIdentity, now: number): KnownServer => {
  const told: ServerIdentity = { ...identity, runId: identity.runId ?? known?.identity.runId }
  const { role, replid, formerReplid, formerOffset } = told
  if (role === 'replica') return { identity: told, readAt: now, held: [], succeeded: undefined }
  const held = known?.held ?? []
  const succeeded = known?.succeeded
  if (role === undefined || replid === undefined) return { identity: told, readAt: now, held, succeeded }
  // A former id of its own is what a restart leaves; any other is that of a server that it has followed.
  const isPromoted = formerReplid !== undefined && formerReplid !== succeeded?.replid && !held.includes(formerReplid)
  if (isPromoted) {
    const isWitnessed = known?.identity.role === 'replica' && known.identity.replid === formerReplid
    const succession = { replid: formerReplid, offset: formerOffset, isWitnessed }
    return { identity: told, readAt: now, held: [replid], succeeded: succession }
  }
  const ids = held.includes(replid) ? held : [...held, replid].slice(-REMEMBERED_IDS)
  return { identity: told, readAt: now, held: ids, succeeded }
}
