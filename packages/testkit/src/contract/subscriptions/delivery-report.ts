import type { SubscriptionKind } from '@redis-endpoint-failover/core'
import type { Published } from './publisher.ts'

/** A gap that the client reported. Times of `performance.now()`. */
export interface Gap {
  readonly from: string
  readonly to: string
  readonly start: number
  readonly end: number
}

export interface Received {
  readonly kind: SubscriptionKind
  readonly id: string
}

export interface DeliveryReport {
  readonly received: number
  /** Messages that came more than once. */
  readonly twice: readonly string[]
  /** Messages that had to come, because they were published at the client's endpoint outside of all gaps. */
  readonly due: number
  /** Those of them that did not come. */
  readonly lostOutsideGaps: readonly string[]
  /** Messages that were published at the client's endpoint within a gap and did not come. */
  readonly lostInsideGaps: number
  readonly gaps: readonly Gap[]
}

const KINDS: readonly SubscriptionKind[] = ['channel', 'pattern', 'shardChannel']

/** Compares what was published, and when, with what came and with the gaps that were reported. */
export const judgeDelivery = (
  published: readonly Published[],
  received: readonly Received[],
  gaps: readonly Gap[],
  span: { readonly first: string; readonly since: number; readonly until: number },
): DeliveryReport => {
  const counts = new Map<string, number>()
  for (const { kind, id } of received) counts.set(`${kind} ${id}`, (counts.get(`${kind} ${id}`) ?? 0) + 1)
  // The source at a moment outside of all gaps: where the latest move before it led to.
  const sourceAt = (at: number): string => gaps.findLast(({ end }) => end <= at)?.to ?? span.first
  const lostOutsideGaps: string[] = []
  let due = 0
  let lostInsideGaps = 0
  for (const { id, endpointId, sentAt, ackedAt } of published) {
    if (ackedAt === undefined || sentAt < span.since || ackedAt > span.until) continue
    const inGap = gaps.find(({ start, end }) => ackedAt >= start && sentAt <= end)
    for (const kind of KINDS) {
      const came = counts.has(`${kind} ${id}`)
      if (inGap !== undefined) {
        if (!came && (endpointId === inGap.from || endpointId === inGap.to)) lostInsideGaps++
      } else if (sourceAt(sentAt) === endpointId) {
        due++
        if (!came) lostOutsideGaps.push(`${kind} ${id}, published ${Math.round(sentAt)} to ${Math.round(ackedAt)}`)
      }
    }
  }
  const twice = [...counts].filter(([, count]) => count > 1).map(([key]) => key)
  return { received: received.length, twice, due, lostOutsideGaps, lostInsideGaps, gaps }
}
