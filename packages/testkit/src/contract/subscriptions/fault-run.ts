import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@redis-endpoint-failover/core/testing'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { type DeliveryReport, judgeDelivery, type Received } from './delivery-report.ts'
import { FAULTS } from './faults.ts'
import { CHANNEL, Publisher, SHARD_CHANNEL } from './publisher.ts'
import type { Id, SubscriptionBench, SubscriptionStage } from './subscription-bench.ts'

const SHORT_RUN = 6
/** Longer than any fault takes with the preset `fast`. */
const PER_FAULT_MS = 12_000

export function describeFaultRun(bench: SubscriptionBench, name: string): void {
  const count = Number(process.env.SUBSCRIPTION_FAULTS ?? SHORT_RUN)

  describe('under faults', () => {
    it(
      `no message comes twice, and none is lost outside of the reported gaps: ${count} faults`,
      async () => {
        const stage = await bench.stage()
        const report = await run(bench, stage, count)
        const { received, due, lostInsideGaps, gaps } = report
        process.stdout.write(
          `${name}: ${count} faults, ${gaps.length} moves, ${received} messages, ${due} due, ` +
            `${lostInsideGaps} lost inside gaps, ${report.lostOutsideGaps.length} outside, ${report.twice.length} twice\n`,
        )
        expect(report.twice).toEqual([])
        expect(report.lostOutsideGaps, JSON.stringify(gaps)).toEqual([])
        expect(gaps.length).toBeGreaterThanOrEqual(count)
        expect(due).toBeGreaterThan(received / 3)
      },
      count * PER_FAULT_MS,
    )
  })
}

const run = async (bench: SubscriptionBench, stage: SubscriptionStage, count: number): Promise<DeliveryReport> => {
  const { client, events, places } = stage
  const received: Received[] = []
  const note =
    (kind: Received['kind']) =>
    (id: string): void => {
      received.push({ kind, id })
    }
  await client.subscribe('channel', CHANNEL, note('channel'))
  await client.subscribe('pattern', `${CHANNEL.slice(0, -1)}*`, note('pattern'))
  await client.subscribe('shardChannel', SHARD_CHANNEL, note('shardChannel'))
  const since = performance.now()
  const publishers = (['east', 'west'] as const).map((id) => new Publisher(id, places[id].server))
  bench.atEnd(() => Promise.all(publishers.map((publisher) => publisher.stop())))

  const order = faultOrder(count)
  for (const name of order) {
    await untilWell(stage)
    await sleep(150)
    await FAULTS[name]?.(stage, client.group.active as Id)
  }
  await untilWell(stage)
  await sleep(300)
  // What comes within the last moments may still be on its way.
  const until = performance.now() - 100
  await Promise.all(publishers.map((publisher) => publisher.stop()))
  await sleep(100)

  const gaps = events.records.flatMap(({ event, receivedAt }) =>
    event.type === 'subscriptions-moved'
      ? [{ from: event.from, to: event.to, start: receivedAt - event.gapMs, end: receivedAt }]
      : [],
  )
  const published = publishers.flatMap((publisher) => publisher.published)
  return judgeDelivery(published, received, gaps, { first: 'east', since, until })
}

// Every kind equally often, in an order that is the same in each run.
const faultOrder = (count: number): string[] => {
  const random = seededRandom('subscription faults')
  const names = Object.keys(FAULTS)
  const all = Array.from({ length: count }, (_, index) => names[index % names.length] as string)
  return all
    .map((name) => ({ name, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ name }) => name)
}

// Both servers answer, so that the next fault has somewhere to go.
const untilWell = ({ client }: SubscriptionStage): Promise<unknown> =>
  eventually(() => client.group.snapshot().endpoints.every(({ state }) => state === 'up'), { timeout: 10_000 })
