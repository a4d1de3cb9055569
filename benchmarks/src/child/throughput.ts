// Compares the transparent client with the bare one in a process of its own. Prints one line of JSON.
import { loadClient } from '../client/index.ts'
import { compare } from '../measure/slices.ts'
import { median, pairedRatios } from '../measure/statistics.ts'
import type { ThroughputRequest, ThroughputResult } from '../scenario/throughput-run.ts'

const request = JSON.parse(process.argv[2] ?? '{}') as ThroughputRequest
const { name, addresses, key, inFlight, sliceMs, rounds } = request
const { createBare, createRouted } = await loadClient(name)
const bare = createBare(addresses[0])
const control = createBare(addresses[0])
const routed = createRouted(addresses)
const all = [bare, control, routed]
for (const { connect } of all) await connect()

const contestants = {
  bare: () => bare.client.get(key),
  routed: () => routed.client.get(key),
  control: () => control.client.get(key),
}
const results: ThroughputResult[] = []
for (const depth of inFlight) {
  const comparison = await compare(contestants, { inFlight: depth, sliceMs, rounds })
  results.push({
    inFlight: depth,
    ratio: median(pairedRatios(comparison.rates('routed', 'bare'))),
    controlRatio: median(pairedRatios(comparison.rates('control', 'bare'))),
  })
}
for (const { close } of all) await close()
console.log(JSON.stringify(results))
