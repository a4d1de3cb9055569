import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reaper } from './reaper.ts'

/** A new folder that is removed at the latest when this process ends, however it ends. */
export function makeTemporaryFolder(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `ref-${name.replaceAll(/[^\w-]/g, '_')}-`))
  reaper.addDir(dir)
  return dir
}

export async function removeTemporaryFolder(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
  reaper.removeDir(dir)
}
