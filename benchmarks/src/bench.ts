// Side-by-side measurements, each printing ratios from one run: `pnpm bench overhead`.
import { parseArgs } from 'node:util'
import { benchOverhead } from './bench/overhead.ts'

const benchmarks = { overhead: benchOverhead } as const

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    client: { type: 'string' },
    rounds: { type: 'string', default: '40' },
    'command-timeout': { type: 'string' },
    'slice-ms': { type: 'string', default: '50' },
    profile: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const [name = ''] = positionals

if (!Object.hasOwn(benchmarks, name)) {
  console.error(
    'pnpm bench overhead [--client node-redis|ioredis] [--rounds 40] [--slice-ms 50] [--command-timeout MS] [--profile] [--json]',
  )
  process.exit(2)
}

await benchmarks[name as keyof typeof benchmarks]({
  client: values.client,
  rounds: Number(values.rounds),
  sliceMs: Number(values['slice-ms']),
  profile: values.profile,
  commandTimeout: values['command-timeout'] === undefined ? undefined : Number(values['command-timeout']),
  json: values.json,
})
