import { blockingCommandNames } from './blocking-commands.ts'
import type { CommandArgument } from './command-index.ts'
import { connectionStateNames } from './connection-state.ts'

const LONGEST = 31

/** One byte for each length and first letter that such a command's name has; case does not show in a letter's low bits. */
const taken: Uint8Array = /* @__PURE__ */ fill()

function fill(): Uint8Array {
  const bytes = new Uint8Array((LONGEST + 1) << 5)
  for (const fullName of [...blockingCommandNames, ...connectionStateNames]) {
    const name = fullName.split('|')[0] ?? fullName
    bytes[(name.length << 5) | (name.charCodeAt(0) & 31)] = 1
  }
  return bytes
}

/**
 * False where the command `name` certainly neither blocks nor concerns its connection, which one look at its length and
 * first letter shows for nearly all commands; so that the exact questions are seldom asked.
 */
export function mayNeedCare(name: CommandArgument | undefined): boolean {
  if (typeof name !== 'string') return true
  const { length } = name
  return length > LONGEST || taken[(length << 5) | (name.charCodeAt(0) & 31)] !== 0
}
