import { withChild } from '../child/run-child.ts'
import type { ClientName } from '../client/benchmark-client.ts'
import { environmentLine } from '../report/environment.ts'
import { bars, type Plot } from '../report/plot.ts'
import {
  depths,
  type LaneName,
  type OverheadRequest,
  type OverheadResult,
  type Workload,
  workloads,
} from '../scenario/overhead-run.ts'
import { startPair } from '../scenario/server-pair.ts'
import { atLeast, type Benchmark, type ReportTable, type Target } from './benchmark.ts'

const commandTimeout = 1000

/** The least throughput beside the bare client with the same settings, by the number in flight. */
const bounds: Readonly<Record<number, number>> = { 1: 0.97, 50: 0.97, 500: 0.95 }
const boundWithDeadline = 0.9
/** The same beside node-redis as it comes. */
const boundsBesideDefaults: Readonly<Record<number, number>> = { 50: 2.8, 500: 4 }
/** What the bare client may be off itself. */
const noise = 0.03

const ratioOf = (value: number): string => value.toFixed(3)
const nameOf = ({ operation, valueBytes }: Workload): string =>
  valueBytes === 0 ? operation : `${operation}, ${valueBytes < 1024 ? `${valueBytes} B` : `${valueBytes / 1024} KB`}`

/** The transparent client beside the bare one, at everything that an application does all day. */
export const overhead: Benchmark = {
  name: 'overhead',
  measures:
    'throughput through the transparent client beside the bare one: GET, SET, INCR, pipeline, MULTI; 1, 50 and 500 in flight',
  minutes: 3,
  async run({ clients, short, environment, profileFolder, say }) {
    const effort = short ? { rounds: 5, sliceMs: 15 } : { rounds: 16, sliceMs: 25 }
    const servers = await startPair()
    try {
      const results = await withChild('overhead', async (run) => {
        const all: OverheadResult[] = []
        for (const client of clients)
          for (const workload of workloads) {
            say(`${client}, ${nameOf(workload)}`)
            const request: OverheadRequest = {
              client,
              workload,
              addresses: servers.addresses,
              inFlight: depths,
              commandTimeout,
              ...effort,
            }
            all.push(...(await run<OverheadResult[]>(request, { profileFolder })))
          }
        return all
      })
      return {
        notes: [
          `Paired slices of ${effort.sliceMs} ms, ${effort.rounds} rounds in the order A B C D E E D C B A and back, a process for each kind of work and client. A figure is the median of the ratios within the rounds; in brackets the quartiles.`,
          `"All guards" is the transparent client as it comes: health checks, failure detector, watch over silence, retries. "commandTimeout" is the same with a deadline of ${commandTimeout} ms for each command. "Defaults" is the bare client as it comes: node-redis then bounds the time until a command is written, at a high price; ioredis sets nothing that costs anything. The control is the bare client once more: it would be 1 without noise.`,
          'Everything runs on one machine: the server takes its share of the cores, so a small overhead shows less than it would beside a server elsewhere. The CPU of the measuring process for one operation is the stricter figure.',
        ],
        tables: clients.flatMap((client) => tablesOf(client, results)),
        targets: clients.flatMap((client) => targetsOf(client, results)),
        plots: clients.map((client) => plotOf(client, results, environmentLine(environment))),
        values: results,
      }
    } finally {
      await servers.stop()
    }
  },
}

const cell = ({ lanes }: OverheadResult, lane: LaneName): string => {
  const { ratio, quartiles } = lanes[lane]
  return `${ratioOf(ratio)} (${quartiles.map((value) => value.toFixed(2)).join('-')})`
}

function tablesOf(client: ClientName, results: readonly OverheadResult[]): ReportTable[] {
  return [
    {
      title: `${client}: throughput beside the bare client with the same settings`,
      head: ['work', 'in flight', 'bare/s', 'all guards', 'CPU', 'commandTimeout', 'CPU', 'defaults', 'control'],
      rows: results
        .filter((result) => result.client === client)
        .map((result) => [
          nameOf(result),
          result.inFlight,
          result.lanes.bare.perSecond.toLocaleString('en'),
          cell(result, 'routed'),
          ratioOf(result.lanes.routed.cpuRatio),
          cell(result, 'deadline'),
          ratioOf(result.lanes.deadline.cpuRatio),
          ratioOf(result.lanes.defaults.ratio),
          ratioOf(result.lanes.control.ratio),
        ]),
    },
  ]
}

function targetsOf(client: ClientName, results: readonly OverheadResult[]): Target[] {
  const ofClient = results.filter((result) => result.client === client)
  return depths.flatMap((inFlight) => {
    const here = ofClient.filter((result) => result.inFlight === inFlight)
    const get = here.find(({ operation, valueBytes }) => operation === 'GET' && valueBytes === 32)!
    const bound = bounds[inFlight]!
    const besideDefaults = boundsBesideDefaults[inFlight]
    return [
      atLeast(`${client}, GET, ${inFlight} in flight: all guards`, get.lanes.routed.ratio, bound, ratioOf),
      everyWork(`${client}, ${inFlight} in flight: all guards`, here, 'routed', bound),
      atLeast(
        `${client}, GET, ${inFlight} in flight: commandTimeout`,
        get.lanes.deadline.ratio,
        boundWithDeadline,
        ratioOf,
      ),
      everyWork(`${client}, ${inFlight} in flight: commandTimeout`, here, 'deadline', boundWithDeadline),
      {
        what: `${client}, GET, ${inFlight} in flight: control`,
        bound: `1 +- ${noise}`,
        measured: ratioOf(get.lanes.control.ratio),
        met: Math.abs(get.lanes.control.ratio - 1) <= noise,
      },
      ...(client !== 'node-redis' || besideDefaults === undefined
        ? []
        : [
            atLeast(
              `${client}, GET, ${inFlight} in flight: all guards, beside the defaults`,
              get.lanes.routed.ratio / get.lanes.defaults.ratio,
              besideDefaults,
              (value) => `${value.toFixed(1)} times`,
            ),
          ]),
    ]
  })
}

/** How many kinds of work reach the bound, and which one is the furthest from it. */
function everyWork(what: string, results: readonly OverheadResult[], lane: LaneName, bound: number): Target {
  const ratios = results.map((result) => result.lanes[lane].ratio)
  const least = Math.min(...ratios)
  const worst = results[ratios.indexOf(least)]!
  return {
    what: `${what}, every kind of work`,
    bound: `>= ${ratioOf(bound)}`,
    measured: `${ratios.filter((ratio) => ratio >= bound).length} of ${ratios.length}; least ${ratioOf(least)} (${nameOf(worst)})`,
    met: least >= bound,
  }
}

function plotOf(client: ClientName, results: readonly OverheadResult[], subtitle: string): Plot {
  const ofClient = results.filter((result) => result.client === client)
  const names = [...new Set(ofClient.map(nameOf))]
  const of = (name: string, inFlight: number, lane: LaneName): number | undefined =>
    ofClient.find((result) => nameOf(result) === name && result.inFlight === inFlight)?.lanes[lane].ratio
  return bars({
    name: `overhead-${client}`,
    title: `${client}: throughput through the transparent client`,
    subtitle,
    unit: 'of the bare client',
    categories: names.map((name) => name.replace(/ of |, /, '\n')),
    series: depths.flatMap((inFlight) => [
      { name: `${inFlight} in flight`, values: names.map((name) => of(name, inFlight, 'routed')) },
      { name: `${inFlight}, commandTimeout`, values: names.map((name) => of(name, inFlight, 'deadline')) },
    ]),
    target: { value: 0.97, label: '0.97' },
  })
}
