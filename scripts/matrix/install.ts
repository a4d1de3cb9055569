import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Versions that only the matrix needs are installed here, when they are first asked for; ignored by git. */
export const CACHE = join(import.meta.dirname, '../../.matrix')

export interface Installed {
  /** The folder that has the package in its `node_modules`. */
  readonly folder: string
  readonly version: string
}

/** Installs one version of one package beside the workspace, which itself stays as it is. */
export const install = (name: string, range: string, label: string): Installed => {
  const folder = join(CACHE, label)
  const manifest = join(folder, 'node_modules', name, 'package.json')
  if (!existsSync(manifest)) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      join(folder, 'package.json'),
      `${JSON.stringify({ private: true, dependencies: { [name]: range } })}\n`,
    )
    console.error(`Installing ${name} ${range}`)
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    })
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return { folder, version }
}

/** The program of one Node line: the one that runs now if it is of that line, else the npm package `node`. */
export const findNode = (line: string): { readonly program: string; readonly version: string } => {
  if (process.versions.node.startsWith(`${line}.`)) return { program: process.execPath, version: process.versions.node }
  const { folder } = install('node', line, `node-${line}`)
  const program = join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return { program, version: execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().slice(1) }
}
