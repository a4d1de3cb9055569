// Compares pools of connections in one process. Prints one line of JSON.
import { loadClient } from '../client/index.ts'
import { compare, type Work } from '../measure/slices.ts'
import { median, pairedRatios } from '../measure/statistics.ts'
import { type PoolRequest, type PoolRow, poolDepths, poolSize } from '../scenario/pool-run.ts'

const request = JSON.parse(process.argv[2] ?? '{}') as PoolRequest
const { client, addresses, rounds, sliceMs, pairsPerRound } = request
const pools = await (await loadClient(client)).createPools(addresses, poolSize)
for (const { open } of pools) await open()

// Each user is one at a time, so every pool has all its connections before anything counts.
await Promise.all(pools.flatMap(({ get }) => Array.from({ length: poolSize * 20 }, get)))

/** The pair without a command between. Turns of the event loop would hide what it costs. */
const pairTimes = new Map<string, number[]>()
for (let round = -2; round < rounds; round++)
  for (const { name, pair } of round % 2 === 0 ? pools : pools.toReversed()) {
    if (pair === undefined) continue
    const startedAt = process.hrtime.bigint()
    for (let i = 0; i < pairsPerRound; i++) await pair()
    const each = Number(process.hrtime.bigint() - startedAt) / pairsPerRound / 1000
    if (round >= 0) pairTimes.set(name, [...(pairTimes.get(name) ?? []), each])
  }

const contestants = Object.fromEntries(pools.map(({ name, get }): [string, Work] => [name, get]))
const first = pools[0]!.name
const withGet = new Map<string, PoolRow['withGet'][number][]>(pools.map(({ name }) => [name, []]))
for (const users of poolDepths) {
  const comparison = await compare(contestants, { inFlight: users, sliceMs, rounds })
  for (const { name } of pools)
    withGet.get(name)!.push({
      users,
      perSecond: Math.round(median(comparison.perSecond(name))),
      ratio: median(pairedRatios(comparison.rates(name, first))),
    })
}
const rows: PoolRow[] = pools.map(({ name }) => ({
  client,
  pool: name,
  pairMicroseconds: pairTimes.has(name) ? median(pairTimes.get(name)!) : undefined,
  withGet: withGet.get(name)!,
}))
for (const { close } of pools) await close()
console.log(JSON.stringify(rows))
process.exit()
