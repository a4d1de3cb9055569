import { randomUUID } from 'node:crypto'
import { freePort } from '../ports.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from '../process/temporary-folder.ts'
import { findRedisServer } from '../program/programs.ts'
import { type Authority, type Certificates, createAuthority, createCertificates } from './certificates.ts'
import type { Credentials, RedisOptions } from './redis-options.ts'
import { PortTakenError, RedisServer, type RedisServerInput } from './redis-server.ts'

/** Shared by everything that this process starts. */
export const control: Credentials = { username: 'test-infra', password: randomUUID() }
// One for the process, as in a real deployment: one `ca` trusts all servers, and they trust each other as replicas.
let sharedAuthority: Promise<Authority> | undefined
const portAttempts = 10

/** Starts a Redis server on a free port of 127.0.0.1; resolves when it answers. Installs Redis first if need be. */
export function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  return launch(options)
}

/** `startRedis` with what only Sentinels need. */
export async function launch(
  options: RedisOptions,
  special: Pick<RedisServerInput, 'lines' | 'sentinel'> = {},
): Promise<RedisServer> {
  const program = await findRedisServer()
  const tls = await certificatesOf(options.tls)
  const name = options.name ?? 'redis'
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const dir = makeTemporaryFolder(name)
    const server = new RedisServer({ program, name, port, dir, tls, control, options, ...special })
    try {
      await server.start()
      return server
    } catch (error) {
      await removeTemporaryFolder(dir)
      const tryAnother = error instanceof PortTakenError && options.port === undefined && attempt < portAttempts
      if (!tryAnother) throw error
    }
  }
}

/** Starts one server per name, side by side: `const [east, west] = await startServers(['east', 'west'])`. */
export async function startServers<const Names extends readonly string[]>(
  names: Names,
  options: Omit<RedisOptions, 'name' | 'port'> = {},
): Promise<{ [K in keyof Names]: RedisServer }> {
  const servers = await allStarted(names.map((name) => startRedis({ ...options, name })))
  return servers as { [K in keyof Names]: RedisServer }
}

/** All of them, or none: when one does not start, the others are stopped again. */
export async function allStarted(starting: readonly Promise<RedisServer>[]): Promise<RedisServer[]> {
  const started = await Promise.allSettled(starting)
  const failure = started.find((result) => result.status === 'rejected')
  const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  if (failure === undefined) return servers
  await Promise.all(servers.map((server) => server.stop()))
  throw failure.reason
}

async function certificatesOf(tls: RedisOptions['tls'] = false): Promise<Certificates | undefined> {
  if (tls === false) return undefined
  if (tls !== true && 'cert' in tls) return tls
  sharedAuthority ??= createAuthority()
  return createCertificates({ authority: await sharedAuthority, ...(tls !== true && tls) })
}
