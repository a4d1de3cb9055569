import { rm } from 'node:fs/promises'
import { bundle } from '../child/bundle.ts'
import type { ClientName, GroupSettings } from '../client/benchmark-client.ts'
import { environmentLine } from '../report/environment.ts'
import { bars } from '../report/plot.ts'
import { type HungEndpointResult, runHungEndpoint } from '../scenario/hung-endpoint-run.ts'
import { startPair } from '../scenario/server-pair.ts'
import type { Benchmark } from './benchmark.ts'

const variants: readonly { readonly name: string; readonly settings: GroupSettings | undefined }[] = [
  { name: 'bare', settings: undefined },
  { name: 'all guards', settings: { preset: 'fast' } },
  { name: 'commandTimeout', settings: { preset: 'fast', commandTimeout: 20_000 } },
  { name: 'commandTimeout of 100 ms', settings: { preset: 'fast', commandTimeout: 100 } },
]

interface MemoryRow extends Partial<HungEndpointResult> {
  readonly client: ClientName
  readonly variant: string
  readonly bytesPerCommand: number
}

const endsOf = (ends: Readonly<Record<string, number>> = {}): string =>
  Object.entries(ends)
    .map(([end, count]) => `${count.toLocaleString('en')} ${end}`)
    .join('; ')

export const memory: Benchmark = {
  name: 'memory',
  measures: 'memory of commands in flight: 200,000 of them against an endpoint that hangs, and what becomes of them',
  minutes: 1,
  async run({ clients, short, environment, say }) {
    const half = short ? 10_000 : 100_000
    const programs = { group: await bundle('hung-endpoint'), bare: await bundle('in-flight-memory') }
    const rows: MemoryRow[] = []
    try {
      for (const client of clients)
        for (const { name, settings } of variants) {
          say(`${client}, ${name}`)
          const servers = await startPair()
          try {
            const program = settings === undefined ? programs.bare : programs.group
            const request = { name: client, reads: half, writes: half, settings: settings ?? {} }
            rows.push({ client, variant: name, ...(await runHungEndpoint(program, servers, request)) })
          } finally {
            await servers.stop()
          }
        }
    } finally {
      for (const program of Object.values(programs)) await rm(program, { force: true })
    }
    const names = variants.map(({ name }) => name)
    return {
      notes: [
        `${(2 * half).toLocaleString('en')} commands, GET and INCR in turn, handed over at once to a client whose endpoint hangs (SIGSTOP), preset \`fast\`. The memory is what is held after a garbage collection, buffers of sockets included.`,
        'The bare clients settle none of them as long as the server hangs. With a group the endpoint is left: reads are answered by the other one, writes end as ambiguous, because they may yet execute.',
      ],
      tables: [
        {
          title: 'Memory and ends',
          head: ['client', 'variant', 'bytes for a command in flight', 'bytes left at the end', 'GETs', 'INCRs'],
          rows: rows.map((row) => [
            row.client,
            row.variant,
            row.bytesPerCommand,
            row.bytesLeft?.toLocaleString('en') ?? '',
            row.reads === undefined ? 'never settled' : endsOf(row.reads),
            row.writes === undefined ? 'never settled' : endsOf(row.writes),
          ]),
        },
      ],
      targets: [],
      plots: [
        bars({
          name: 'memory',
          title: 'Memory of a command in flight',
          subtitle: environmentLine(environment),
          unit: 'bytes',
          categories: clients,
          series: names.map((name) => ({
            name,
            values: clients.map(
              (client) => rows.find((row) => row.client === client && row.variant === name)?.bytesPerCommand,
            ),
          })),
          digits: 0,
        }),
      ],
      values: rows,
    }
  },
}
