import type { StallDetector } from '../runtime/stall-detector.ts'
import { replyText } from './checks/reply-text.ts'
import { REFUSES_THE_QUESTION } from './checks/trial.ts'
import type { ProbeConnection } from './monitor-ports.ts'
import { within } from './probe.ts'

/** What a server says about itself in INFO. A field is `undefined` where it does not tell: proxies, older servers. */
export interface ServerIdentity {
  readonly runId: string | undefined
  readonly role: 'master' | 'replica' | undefined
  /** The id of the stream of writes that it makes, or follows. */
  readonly replid: string | undefined
  /** The id of the stream that it followed before it was promoted. */
  readonly formerReplid: string | undefined
  /** Bytes of its stream so far. */
  readonly offset: number | undefined
  /** Bytes of the former stream that it has; what the former master wrote after them, it lacks. */
  readonly formerOffset: number | undefined
}

/** Forty hexadecimal digits; all zeros stand for "none", and so would a proxy that makes them up. */
const idOf = (told: string | undefined): string | undefined =>
  told !== undefined && /^[0-9a-f]{40}$/.test(told) && !/^0+$/.test(told) ? told : undefined

const numberOf = (told: string | undefined): number | undefined => {
  const value = Number(told ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

/** All that is read of it, in one go: every server of the group is asked every second. */
const FIELDS = /^(run_id|role|master_replid2?|second_repl_offset|master_repl_offset):(\S*)/gm

/** Reads the replies to `INFO server` and `INFO replication`. Pure. */
export const parseIdentity = (info: string): ServerIdentity => {
  const fields = new Map<string, string>()
  // What is told twice counts as it was told first.
  for (const [, field = '', value = ''] of info.matchAll(FIELDS)) if (!fields.has(field)) fields.set(field, value)
  const told = (field: string): string | undefined => fields.get(field)
  const role = told('role')
  const formerReplid = idOf(told('master_replid2'))
  // The server counts the first byte that it does *not* share with its former master.
  const secondOffset = numberOf(told('second_repl_offset'))
  return {
    runId: told('run_id'),
    role: role === 'master' ? 'master' : role === 'slave' ? 'replica' : undefined,
    replid: idOf(told('master_replid')),
    formerReplid,
    offset: numberOf(told('master_repl_offset')),
    formerOffset: formerReplid === undefined || secondOffset === undefined ? undefined : secondOffset - 1,
  }
}

/** The sections of INFO, asked for one by one: servers before Redis 7 take one at a time. */
export type IdentitySection = 'server' | 'replication'

/** What came of asking; `refused` where asking again on the same connection is of no use. */
export type IdentityAnswer = ServerIdentity | 'refused' | undefined

/** Asks a server who it is; `undefined` where it does not tell in time. Never rejects. */
export const askIdentity = (
  connection: ProbeConnection,
  sections: readonly IdentitySection[],
  timeoutMs: number,
  stalls: StallDetector,
): Promise<IdentityAnswer> =>
  within(
    stalls,
    timeoutMs,
    async (command) => {
      try {
        const replies = await Promise.all(sections.map((section) => command(['INFO', section])))
        const texts = replies.map(replyText)
        return texts.includes(undefined) ? 'refused' : parseIdentity(texts.join('\n'))
      } catch (error) {
        // Each refusal would be one more line in the server's ACL LOG.
        return error instanceof Error && REFUSES_THE_QUESTION.test(error.message) ? 'refused' : undefined
      }
    },
    connection,
  )
