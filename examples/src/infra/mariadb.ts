import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import {
  ensureProgram,
  eventually,
  findOnPath,
  freePort,
  ManagedProcess,
  makeTemporaryFolder,
  mariadbServerSource,
} from '@redis-endpoint-failover/test-infra'
import { createConnection } from 'mariadb'

export interface MariaDbServer {
  readonly host: string
  readonly port: number
  readonly user: string
}

/** Starts a real MariaDB on a free port; it ends with this process. Installs it once, where that is possible. */
export async function startMariaDb(): Promise<MariaDbServer> {
  const { server, installer } = await findMariaDb().catch((error: Error) => {
    console.log(`This example needs a real MariaDB: ${error.message}`)
    process.exit(1)
  })
  const dir = makeTemporaryFolder('mariadb')
  const data = [`--datadir=${join(dir, 'data')}`, ...(process.getuid?.() === 0 ? ['--user=root'] : [])]
  const normalRoot = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']
  await promisify(execFile)(installer, ['--no-defaults', ...data, ...normalRoot])

  const address = { host: '127.0.0.1', port: await freePort(), user: 'root' }
  const listen = [`--bind-address=${address.host}`, `--port=${address.port}`, `--socket=${join(dir, 'socket')}`]
  const args = ['--no-defaults', ...data, ...listen, `--pid-file=${join(dir, 'pid')}`, '--skip-name-resolve']
  const program = new ManagedProcess({ name: 'mariadbd', command: server, args, dir })
  await eventually(() => canConnect(address), { timeout: 20_000, interval: 50 }).catch((cause: unknown) => {
    throw new Error(`mariadbd did not start:\n${program.log}`, { cause })
  })
  console.log(`MariaDB runs at ${address.host}:${address.port}`)
  return address
}

async function findMariaDb(): Promise<{ server: string; installer: string }> {
  const server = await ensureProgram(mariadbServerSource)
  const names = ['mariadb-install-db', 'mysql_install_db']
  const folders = [dirname(server), join(dirname(server), '../bin'), join(dirname(server), '../scripts')]
  const beside = folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path))
  const installer = beside ?? findOnPath(...names)
  if (installer === undefined) throw new Error(`no ${names.join(' or ')} was found for ${server}.`)
  return { server, installer }
}

async function canConnect(address: MariaDbServer): Promise<void> {
  const connection = await createConnection(address)
  await connection.end()
}
