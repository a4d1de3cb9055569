import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../process/is-alive.ts'

const path = join(tmpdir(), 'redis-endpoint-failover-install.lock')
const pollMs = 200
// A slow mirror needs a minute or two; beyond this something is stuck and an error helps more than waiting.
const giveUpAfterMs = 10 * 60_000

/** Runs `task` while no other process on this machine is inside its own `withInstallLock`. */
export async function withInstallLock<T>(task: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + giveUpAfterMs
  while (!tryLock()) {
    if (performance.now() > deadline)
      throw new Error(`Another process holds ${path} for too long. Remove it if none is installing.`)
    dropIfAbandoned()
    await sleep(pollMs)
  }
  try {
    return await task()
  } finally {
    rmSync(path, { force: true })
  }
}

function tryLock(): boolean {
  try {
    const file = openSync(path, 'wx')
    writeSync(file, String(process.pid))
    closeSync(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

// Two waiters may drop the same lock and both go on: apt-get and brew have locks of their own for that.
function dropIfAbandoned(): void {
  try {
    const holder = Number(readFileSync(path, 'utf8'))
    // Empty while its owner is between creating and writing it.
    if (holder > 0 && !isAlive(holder)) rmSync(path, { force: true })
  } catch {
    // Gone already: the next attempt takes it.
  }
}
