import { setTimeout as sleep } from 'node:timers/promises'

const patienceMs = 1000

/** What keeps this process alive now. */
export const handles = (): string[] => process.getActiveResourcesInfo()

/** What there is now beyond `before`. A destroyed socket gives its handle back a little later, so it is waited for. */
export async function handlesLeft(before: readonly string[]): Promise<string[]> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const left = without(handles(), before)
    if (left.length === 0 || performance.now() > deadline) return left
    // Unreferenced, or this very timer would be one of them.
    await sleep(10, undefined, { ref: false })
  }
}

function without(all: readonly string[], some: readonly string[]): string[] {
  const left = [...all]
  for (const one of some) {
    const index = left.indexOf(one)
    if (index >= 0) left.splice(index, 1)
  }
  return left
}
