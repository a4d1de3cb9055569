import type { ServerIdentity } from '../../../src/health/server-identity.ts'

/** A replication id that is easy to read in a failing test. */
export const id = (letter: string): string => letter.repeat(40)

const anyone: ServerIdentity = {
  runId: undefined,
  role: 'master',
  replid: undefined,
  formerReplid: undefined,
  offset: 0,
  formerOffset: undefined,
}

/** A master of the stream `replid`, promoted from `former` after `formerOffset` bytes of it. */
export const master = (replid: string, former?: string, formerOffset = 0, more: Partial<ServerIdentity> = {}) => ({
  ...anyone,
  replid: id(replid),
  ...(former !== undefined && { formerReplid: id(former), formerOffset }),
  ...more,
})

export const replica = (replid: string, more: Partial<ServerIdentity> = {}): ServerIdentity => ({
  ...anyone,
  role: 'replica',
  replid: id(replid),
  ...more,
})
