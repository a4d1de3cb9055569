// Measures from making a client to its first reply, bare and with failover in turns. Prints one line of JSON.
import { setTimeout as sleep } from 'node:timers/promises'
import { loadClient } from '../client/index.ts'
import { median, pairedRatios } from '../measure/statistics.ts'
import type { StartRequest, StartResult } from '../scenario/start-run.ts'

const { client: name, addresses, rounds } = JSON.parse(process.argv[2] ?? '{}') as StartRequest
const { createBare, createRouted } = await loadClient(name)
const makers = {
  bare: () => createBare(addresses[0]!),
  routed: () => createRouted(addresses),
  control: () => createBare(addresses[0]!),
}
type Name = keyof typeof makers
const names = Object.keys(makers) as Name[]

async function millisecondsToFirstReply(contestant: Name): Promise<number> {
  const startedAt = performance.now()
  const { client, connect, close } = makers[contestant]()
  await connect()
  await client.get('value')
  const took = performance.now() - startedAt
  await close()
  // What a closed client leaves for later must not be paid for by the next one.
  await sleep(5)
  return took
}

const times: Record<Name, number[][]> = { bare: [], routed: [], control: [] }
const warmUp = 5
for (let round = -warmUp; round < rounds; round++) {
  const order = round % 2 === 0 ? names : names.toReversed()
  const taken: Record<Name, number[]> = { bare: [], routed: [], control: [] }
  for (const each of [...order, ...order.toReversed()]) taken[each].push(await millisecondsToFirstReply(each))
  if (round >= 0) for (const each of names) times[each].push(taken[each])
}
const ratio = (variant: Name): number =>
  median(pairedRatios(times.bare.map((base, round) => ({ base, variant: times[variant][round]! }))))
const result: StartResult = {
  client: name,
  bareMs: median(times.bare.flat()),
  routedMs: median(times.routed.flat()),
  ratio: ratio('routed'),
  control: ratio('control'),
}
console.log(JSON.stringify(result))
