import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@redis/client'

/** Flags by command, in upper case; `A|B` is subcommand B of command A. */
export type CommandFlags = Map<string, ReadonlySet<string>>

export interface FlagSource {
  readonly name: string
  readonly flags: CommandFlags
}

interface PublishedCommand {
  readonly flags?: readonly string[]
  readonly subcommands?: Readonly<Record<string, PublishedCommand>>
}

const require = createRequire(import.meta.url)

function versionOf(packageName: string): string {
  return (require(`${packageName}/package.json`) as { version: string }).version
}

function collect(flags: CommandFlags, prefix: string, commands: Readonly<Record<string, PublishedCommand>>): void {
  for (const [name, command] of Object.entries(commands)) {
    const fullName = prefix + name.toUpperCase()
    flags.set(fullName, new Set(command.flags))
    if (command.subcommands) collect(flags, `${fullName}|`, command.subcommands)
  }
}

/** Redis 8 with its modules: the only published table that has both. Its path is internal, hence the exact version. */
export function nodeRedisSource(): FlagSource {
  const path = '@redis/client/dist/lib/command-metadata/command-metadata-data.js'
  const table = (require(path) as { COMMAND_METADATA: Record<string, Record<string, PublishedCommand>> })
    .COMMAND_METADATA
  const flags: CommandFlags = new Map()
  for (const [module, commands] of Object.entries(table)) {
    collect(flags, module === 'std' ? '' : `${module.toUpperCase()}.`, commands)
  }
  return { name: `@redis/client ${versionOf('@redis/client')}`, flags }
}

export function ioredisSource(): FlagSource {
  const flags: CommandFlags = new Map()
  collect(flags, '', require('@ioredis/commands/built/commands.json') as Record<string, PublishedCommand>)
  return { name: `@ioredis/commands ${versionOf('@ioredis/commands')}`, flags }
}

type CommandReply = readonly [name: string, arity: number, flags: readonly string[], ...rest: unknown[]]

async function readServer(options: NonNullable<Parameters<typeof createClient>[0]>): Promise<FlagSource> {
  // RESP2 answers flags as arrays; what a set becomes in RESP3 depends on the client.
  const client = createClient({ ...options, RESP: 2 })
  client.on('error', () => {}) // connect() rejects with the same error
  await client.connect()
  try {
    const info = String(await client.sendCommand(['INFO', 'server']))
    const flags: CommandFlags = new Map()
    const add = (commands: readonly CommandReply[]): void => {
      for (const [name, , commandFlags, ...rest] of commands) {
        flags.set(name.toUpperCase(), new Set(commandFlags))
        // Key positions (3), ACL categories, tips and key specifications stand before the subcommands.
        add((rest[6] ?? []) as readonly CommandReply[])
      }
    }
    add((await client.sendCommand(['COMMAND'])) as unknown as readonly CommandReply[])
    return { name: `redis-server ${/redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown'}`, flags }
  } finally {
    client.destroy()
  }
}

/** Reads COMMAND of the server at `url`, or else of a `redis-server` of its own; undefined if there is no such program. */
export async function serverSource(url: string | undefined): Promise<FlagSource | undefined> {
  if (url !== undefined) return readServer({ url })
  const directory = await mkdtemp(join(tmpdir(), 'command-table-'))
  const path = join(directory, 'redis.sock')
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--dir', directory])
  try {
    const failed = once(server, 'error').then(() => true)
    const ready = once(server.stdout, 'data').then(() => false)
    if (await Promise.race([failed, ready])) return undefined
    return await readServer({ socket: { path, reconnectStrategy: (retries) => (retries < 20 ? 100 : false) } })
  } finally {
    if (server.kill()) await once(server, 'exit')
    await rm(directory, { recursive: true, force: true })
  }
}
