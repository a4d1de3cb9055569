import { parseArgs } from 'node:util'

export const clientNames = ['node-redis', 'ioredis'] as const
export type ClientName = (typeof clientNames)[number]

export interface DemoOptions {
  readonly client: ClientName
  /** One JSON object on stdout at the end; everything else goes to stderr. */
  readonly json: boolean
  /** Go on after the faults until Ctrl-C. */
  readonly keepRunning: boolean
  readonly help: boolean
}

export const helpText = `Usage: npx --yes pnpm@10 demo [options]

Starts three real Redis servers, sends them a steady load through a failover client, and breaks them one after another.
Ends by itself within 90 seconds; the exit code is 0 if every bound was kept, 1 if not.

  --client NAME    node-redis (default) or ioredis
  --json           one JSON object on stdout at the end; everything else goes to stderr
  --keep-running   afterwards, keep servers and load running until Ctrl-C, to break them by hand
  --help           this text
`

/** @throws Error that says what is wrong with the arguments */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    // pnpm hands on the "--" that separates its own options.
    args: args.filter((arg, i) => !(i === 0 && arg === '--')),
    options: {
      client: { type: 'string', default: clientNames[0] },
      json: { type: 'boolean', default: false },
      'keep-running': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const client = clientNames.find((name) => name === values.client)
  if (client === undefined) throw new Error(`--client is ${clientNames.join(' or ')}, not "${values.client}".`)
  return { client, json: values.json, keepRunning: values['keep-running'], help: values.help }
}
