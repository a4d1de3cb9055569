import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ensureProgram,
  eventually,
  freePort,
  haproxySource,
  ManagedProcess,
  makeTemporaryFolder,
  openRawConnection,
  removeTemporaryFolder,
} from '@redis-endpoint-failover/test-infra'
import { type HaproxyInput, haproxyConfig } from './haproxy-config.ts'

export interface Haproxy {
  readonly host: string
  readonly port: number
  stop(): Promise<void>
}

/** Starts HAProxy in front of Redis on a free port of 127.0.0.1; resolves when it passes a PING on. */
export async function startHaproxy(input: Omit<HaproxyInput, 'port'>): Promise<Haproxy> {
  const command = await ensureProgram(haproxySource)
  const address = { host: '127.0.0.1', port: await freePort() }
  const dir = makeTemporaryFolder('haproxy')
  writeFileSync(join(dir, 'haproxy.cfg'), haproxyConfig({ ...input, port: address.port }))
  // In the foreground, so that it ends with this process.
  const program = new ManagedProcess({ name: 'haproxy', command, args: ['-db', '-f', 'haproxy.cfg'], dir })
  const stop = async (): Promise<void> => {
    await program.end()
    await removeTemporaryFolder(dir)
  }
  try {
    await eventually(async () => {
      if (!program.isRunning) return false
      await using connection = await openRawConnection({ ...address, timeout: 1000 })
      return (await connection.command('PING')) === 'PONG'
    })
    return { ...address, stop }
  } catch (cause) {
    const { log } = program
    await stop()
    throw new Error(`HAProxy did not start: ${log.trim().split('\n').at(-1)}`, { cause })
  }
}
