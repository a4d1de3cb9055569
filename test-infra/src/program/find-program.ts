import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

// Debian keeps haproxy and mariadbd in sbin, which the PATH of an ordinary user lacks.
const usualFolders = ['/usr/local/bin', '/usr/bin', '/usr/local/sbin', '/usr/sbin', '/opt/homebrew/bin']

/** The full path of the first of `names` found on PATH or in the usual folders; names are tried in their order. */
export function findOnPath(...names: string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...usualFolders]
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name)
      if (isExecutable(path)) return path
    }
  }
  return undefined
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
