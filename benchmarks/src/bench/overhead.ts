import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import Table from 'cli-table3'
import { bundle } from '../child/bundle.ts'
import { clientNames } from '../client/benchmark-client.ts'
import { environmentLine, environmentOf } from '../report/environment.ts'
import { tableStyle } from '../report/table.ts'
import { startPair } from '../scenario/server-pair.ts'
import { depths, runThroughput, throughputKey, throughputValue } from '../scenario/throughput-run.ts'

export interface OverheadOptions {
  readonly client: string | undefined
  readonly rounds: number
  readonly sliceMs: number
  /** Writes a CPU profile of the measuring process into the temporary folder. */
  readonly profile: boolean
  readonly json: boolean
  /** Measures what deadlines cost: the transparent client with this `commandTimeout` beside itself without. */
  readonly commandTimeout: number | undefined
}

/** GETs through the transparent client beside the bare one, at three depths. */
export async function benchOverhead(options: OverheadOptions): Promise<void> {
  const { client, rounds, sliceMs, profile, json, commandTimeout } = options
  const names = clientNames.filter((name) => client === undefined || name === client)
  const environment = await environmentOf()
  const program = await bundle('throughput')
  const servers = await startPair()
  try {
    await servers.east.command('SET', throughputKey, throughputValue)
    const [east, west] = servers.addresses
    const nodeOptions = profile ? ['--cpu-prof', `--cpu-prof-dir=${tmpdir()}`] : []
    const results = []
    for (const name of names) {
      const request = {
        name,
        addresses: [east!, west!],
        key: throughputKey,
        inFlight: depths,
        sliceMs,
        rounds,
        ...(commandTimeout === undefined ? {} : { commandTimeout }),
      } as const
      const measured = await runThroughput(program, request, nodeOptions)
      results.push(...measured.map((result) => ({ client: name, ...result })))
    }
    if (json) console.log(JSON.stringify({ environment, rounds, sliceMs, results }, null, 2))
    else console.log(`${environmentLine(environment)}\n${overheadTable(results, commandTimeout)}`)
    if (profile) console.error(`CPU profiles: ${tmpdir()}`)
  } finally {
    await rm(program, { force: true })
    await servers.stop()
  }
}

type OverheadRow = { client: string } & Awaited<ReturnType<typeof runThroughput>>[number]

function overheadTable(rows: readonly OverheadRow[], commandTimeout: number | undefined): string {
  const [base, variant] =
    commandTimeout === undefined ? ['bare', 'routed'] : ['without', `commandTimeout ${commandTimeout}`]
  const table = new Table({
    head: [
      'client',
      'in flight',
      `${base} GET/s`,
      `${variant} : ${base}`,
      'worst round',
      'CPU per GET',
      `${base} : ${base} (noise)`,
    ],
    style: tableStyle,
  })
  for (const { client, inFlight, bareOperationsPerSecond, ratio, worstRound, cpuRatio, controlRatio } of rows) {
    const rate = Math.round(bareOperationsPerSecond).toLocaleString('en')
    table.push([
      client,
      inFlight,
      rate,
      ratio.toFixed(3),
      worstRound.toFixed(3),
      cpuRatio.toFixed(3),
      controlRatio.toFixed(3),
    ])
  }
  return table.toString()
}
