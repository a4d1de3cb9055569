// Compares the transparent client with the bare one, or with itself without deadlines, in a process of its own. Prints one line of JSON.
import { loadClient } from '../client/index.ts'
import { compare } from '../measure/slices.ts'
import { median, pairedRatios } from '../measure/statistics.ts'
import type { ThroughputRequest, ThroughputResult } from '../scenario/throughput-run.ts'

const request = JSON.parse(process.argv[2] ?? '{}') as ThroughputRequest
const { name, addresses, key, inFlight, sliceMs, rounds, commandTimeout } = request
const { createBare, createRouted } = await loadClient(name)
const createBase = () => (commandTimeout === undefined ? createBare(addresses[0]) : createRouted(addresses))
const bare = createBase()
const control = createBase()
const routed = createRouted(addresses, commandTimeout === undefined ? {} : { commandTimeout })
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
