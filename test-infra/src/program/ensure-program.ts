import { findOnPath, isExecutable } from './find-program.ts'
import { withInstallLock } from './install-lock.ts'
import { chooseInstaller, type Installer } from './installer.ts'

export interface ProgramSource {
  /** Names of the executable, the preferred one first. */
  names: readonly [string, ...string[]]
  /** When set, this environment variable holds the path of the executable and nothing else is tried. */
  envVariable: string
  debianPackage: string
  brewFormula: string
}

/**
 * The path of a program: from its environment variable, from PATH, or installed once where that needs no question
 * (apt-get as root or with passwordless sudo; Homebrew). Otherwise it throws one line that says what to do.
 */
export async function ensureProgram(source: ProgramSource): Promise<string> {
  const found = findProgram(source)
  if (found !== undefined) return found
  const installer = chooseInstaller(source)
  if (installer === undefined) throw new Error(`${missing(source)} ${advice(source)}`)
  return await withInstallLock(async () => {
    // The process that held the lock before may have installed it.
    return findProgram(source) ?? (await install(source, installer))
  })
}

function findProgram({ names, envVariable }: ProgramSource): string | undefined {
  const configured = process.env[envVariable]
  if (configured === undefined || configured === '') return findOnPath(...names)
  const path = configured.includes('/') ? configured : findOnPath(configured)
  if (path !== undefined && isExecutable(path)) return path
  throw new Error(`${envVariable} is set to "${configured}", which is not an executable file.`)
}

async function install(source: ProgramSource, installer: Installer): Promise<string> {
  process.stderr.write(`[test-infra] ${missing(source)} Installing it once: ${installer.description}.\n`)
  try {
    await installer.run()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${missing(source)} Installing it failed (${reason}). ${advice(source)}`, { cause })
  }
  const path = findOnPath(...source.names)
  if (path === undefined) throw new Error(`${missing(source)} It is still missing after installing. ${advice(source)}`)
  return path
}

function missing({ names }: ProgramSource): string {
  return `${names.join(' or ')} was not found on PATH.`
}

function advice({ envVariable, debianPackage, brewFormula }: ProgramSource): string {
  return `Install it (apt-get install ${debianPackage}, or brew install ${brewFormula}), or set ${envVariable} to its path.`
}
