import { execFileSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import { findOnPath } from '@redis-endpoint-failover/test-infra'

/** What not every machine has. */
export type Requirement = 'linux' | 'root' | 'ipv6' | 'network namespace' | `program ${string}`

/** Those that this machine does not meet. */
export const missingOf = (needs: readonly Requirement[] = []): readonly Requirement[] =>
  needs.filter((need) => !isMet(need))

function isMet(need: Requirement): boolean {
  if (need === 'linux') return process.platform === 'linux'
  if (need === 'root') return process.getuid?.() === 0
  if (need === 'network namespace') return canMakeNamespace()
  if (need === 'ipv6')
    return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))
  return findOnPath(need.slice('program '.length)) !== undefined
}

/** Being root is not enough where a container was given fewer rights. */
function canMakeNamespace(): boolean {
  try {
    execFileSync('unshare', ['--net', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
