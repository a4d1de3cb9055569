// Compares five clients at one kind of work, at several numbers in flight. Prints one line of JSON.
import { loadClient } from '../client/index.ts'
import { compare } from '../measure/slices.ts'
import { median, pairedRatios, quartiles } from '../measure/statistics.ts'
import {
  type LaneName,
  type LaneResult,
  laneNames,
  type OverheadRequest,
  type OverheadResult,
} from '../scenario/overhead-run.ts'

const request = JSON.parse(process.argv[2] ?? '{}') as OverheadRequest
const { client, addresses, workload, inFlight, sliceMs, rounds, commandTimeout } = request
const { createBare, createDefault, createRouted, work } = await loadClient(client)
const [first] = addresses
const lanes = {
  bare: createBare(first!),
  routed: createRouted(addresses),
  deadline: createRouted(addresses, { commandTimeout }),
  defaults: createDefault(first!),
  control: createBare(first!),
} satisfies Record<LaneName, unknown>
for (const name of laneNames) await lanes[name].connect()
await lanes.bare.client.set('value', 'x'.repeat(workload.valueBytes))

const contestants = Object.fromEntries(laneNames.map((name) => [name, work(lanes[name].client, workload)])) as Record<
  LaneName,
  () => Promise<unknown>
>
const results: OverheadResult[] = []
for (const depth of inFlight) {
  const comparison = await compare(contestants, { inFlight: depth, sliceMs, rounds })
  const laneResult = (name: LaneName): LaneResult => {
    const ratios = pairedRatios(comparison.rates(name, 'bare'))
    return {
      ratio: median(ratios),
      quartiles: quartiles(ratios),
      cpuRatio: median(pairedRatios(comparison.cpu(name, 'bare'))),
      perSecond: Math.round(median(comparison.perSecond(name))),
    }
  }
  const byLane = Object.fromEntries(laneNames.map((name) => [name, laneResult(name)])) as OverheadResult['lanes']
  results.push({ client, inFlight: depth, ...workload, lanes: byLane })
}
for (const name of laneNames) await lanes[name].close()
console.log(JSON.stringify(results))
