import { eventually } from '../waiting.ts'
import { openRawConnection } from './raw-connection.ts'
import type { RedisServer } from './redis-server.ts'

/**
 * Resolves when `replica` has applied everything that its master had written when this was called. The master is asked
 * at the address that the replica has for it (a proxy's, if there is one) and must be a server of this process.
 */
export async function waitForReplication(replica: RedisServer, options: { timeout?: number } = {}): Promise<void> {
  let wanted: number | undefined
  await eventually(async () => {
    const role = await replica.command('ROLE')
    if (!Array.isArray(role) || role[0] !== 'slave') throw new Error(`${replica.name} is not a replica.`)
    if (role[3] !== 'connected') throw new Error(`${replica.name} has no link to its master: ${String(role[3])}.`)
    wanted ??= await writtenBy(String(role[1]), Number(role[2]), replica)
    return Number(role[4]) >= wanted
  }, options)
}

async function writtenBy(host: string, port: number, replica: RedisServer): Promise<number> {
  await using master = await openRawConnection({ host, port, tls: replica.tls !== undefined, ...replica.control })
  const info = String(await master.command('INFO', 'replication'))
  return Number(/^master_repl_offset:(\d+)/m.exec(info)?.[1])
}
