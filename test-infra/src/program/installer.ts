import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { findOnPath } from './find-program.ts'

export interface Installer {
  readonly description: string
  run(): Promise<void>
}

/** The way to install something here without asking anyone, or undefined. */
export function chooseInstaller(packages: { debianPackage: string; brewFormula: string }): Installer | undefined {
  const { debianPackage, brewFormula } = packages
  const aptGet = findOnPath('apt-get')
  const becomeRoot = aptGet === undefined ? undefined : waysToRoot()
  if (becomeRoot !== undefined) {
    const command = [...becomeRoot, 'sh', '-c', aptScript, 'sh', debianPackage] as const
    return {
      description: `${[...becomeRoot, 'apt-get'].join(' ')} install ${debianPackage}, its service stays off`,
      run: () => runQuietly(command),
    }
  }
  const brew = findOnPath('brew')
  if (brew !== undefined) {
    return { description: `brew install ${brewFormula}`, run: () => runQuietly([brew, 'install', brewFormula]) }
  }
  return undefined
}

/** The prefix that makes a command run as root: empty for root, sudo where it asks nothing, undefined if neither. */
function waysToRoot(): string[] | undefined {
  if (process.getuid?.() === 0) return []
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' })
    return ['sudo', '-n']
  } catch {
    return undefined
  }
}

// Debian starts a packaged service when it is installed, and again at boot: policy-rc.d forbids the first, disabling the
// second. A policy that somebody else put there is left alone, and no running service is ever stopped.
// A failing update (one broken mirror) is no reason to give up: the install then says what is wrong.
const aptScript = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o DPkg::Lock::Timeout=300 update || true
apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$1"
if [ -d /run/systemd/system ]; then
  for unit in $(dpkg -L "$1" | sed -n 's#^.*/systemd/system/\\([^@/]*\\.service\\)$#\\1#p'); do
    systemctl is-active --quiet "$unit" || systemctl disable --quiet "$unit" || true
  done
fi
`

async function runQuietly([file, ...args]: readonly [string, ...string[]] | readonly string[]): Promise<void> {
  if (file === undefined) throw new Error('nothing to run')
  try {
    await promisify(execFile)(file, args, { maxBuffer: 64 * 1024 * 1024 })
  } catch (cause) {
    const output = (cause as { stderr?: string }).stderr ?? ''
    throw new Error(output.trim().split('\n').at(-1) ?? String(cause), { cause })
  }
}
