// Compares the transparent client with the bare one in a process of its own. Prints one line of JSON.
import { loadClient } from '../client/index.ts'
import { compare } from '../measure/slices.ts'
import { median, pairedRatios } from '../measure/statistics.ts'
import type { ThroughputRequest, ThroughputResult } from '../scenario/throughput-run.ts'

const { name, addresses, key, inFlight, sliceMs, rounds } = JSON.parse(process.argv[2] ?? '{}') as ThroughputRequest
const { createBare, createRouted } = await loadClient(name)
const bare = createBare(addresses[0])
const control = createBare(addresses[0])
const routed = createRouted(addresses)
const all = [bare, control, routed]
for (const { connect } of all) await connect()

const contestants = { bare: bare.client, control: control.client, routed: routed.client }
const results: ThroughputResult[] = []
for (const depth of inFlight) {
  const comparison = await compare(contestants, { key, inFlight: depth, sliceMs, rounds })
  const ratios = pairedRatios(comparison.routed)
  results.push({
    inFlight: depth,
    bareOperationsPerSecond: median(comparison.bareRates),
    ratio: median(ratios),
    worstRound: Math.min(...ratios),
    cpuRatio: median(pairedRatios(comparison.cpuOfRouted)),
    controlRatio: median(pairedRatios(comparison.control)),
  })
}
for (const { close } of all) await close()
console.log(JSON.stringify(results))
