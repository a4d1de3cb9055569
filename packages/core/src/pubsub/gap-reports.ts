import type { Subscription } from './subscription.ts'

/** What `subscriptions-moved` tells, without the event's own fields. */
export interface GapReport {
  readonly from: string
  readonly to: string
  readonly channels: number
  readonly patterns: number
  readonly shardChannels: number
  readonly gapMs: number
}

/**
 * The gaps that have just ended, one report for each endpoint that was left, longest ago first. A subscription that a server
 * refuses is reported when it is confirmed at last.
 */
export const gapReports = (confirmed: readonly Subscription[], to: string, now: number): readonly GapReport[] => {
  const sinceOf = new Map<string, number>()
  for (const { missing } of confirmed) {
    if (missing === undefined) continue
    sinceOf.set(missing.from, Math.min(sinceOf.get(missing.from) ?? Infinity, missing.since))
  }
  return [...sinceOf]
    .sort(([, a], [, b]) => a - b)
    .map(([from, since]) => {
      const count = (kind: Subscription['kind']): number =>
        confirmed.filter((one) => one.kind === kind && one.missing?.from === from).length
      return {
        from,
        to,
        channels: count('channel'),
        patterns: count('pattern'),
        shardChannels: count('shardChannel'),
        gapMs: now - since,
      }
    })
}
