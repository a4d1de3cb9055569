import type { Totals } from './totals.ts'

const EVERY_MS = 10_000
const LINES_OF_LOG = 40
const FAILURES_SHOWN = 10

/** Says now and then how far it is; returns how to stop that. */
export const printProgress = (totals: Totals, seeds: number): (() => void) => {
  const timer = setInterval(() => {
    const left = (totals.realSeconds / Math.max(1, totals.done)) * (seeds - totals.done)
    const rate = totals.steps / totals.realSeconds
    console.log(
      `${totals.done} of ${seeds} seeds, ${Math.round(rate)} steps/s, ${totals.failed.length} failed, about ${Math.ceil(left)} s left`,
    )
  }, EVERY_MS)
  return () => clearInterval(timer)
}

/** How often what happened, in columns. */
export const printCounts = (counts: Readonly<Record<string, number>>): void => {
  for (const [what, count] of Object.entries(counts)) console.log(`${String(count).padStart(10)}  ${what}`)
}

/** The sums, and the log around each failure. */
export const printSummary = (totals: Totals, minutes: number): void => {
  for (const { seed, violations, log, crashed } of totals.failed.slice(0, FAILURES_SHOWN)) {
    console.log(`\nseed ${seed}${crashed === undefined ? '' : `: ${crashed}`}`)
    const at = log.findIndex((line) => line.includes(' VIOLATION '))
    if (at >= 0) console.log(log.slice(Math.max(0, at - LINES_OF_LOG), at + 5).join('\n'))
    for (const { invariant, at: when, text } of violations.slice(0, 5))
      console.log(`  VIOLATED ${invariant} at ${when.toFixed(3)} ms: ${text}`)
    console.log(`  again: npx --yes pnpm@10 simulate --seed ${seed} --minutes ${minutes} --log`)
  }
  console.log('')
  printCounts(Object.fromEntries([...totals.counts].sort(([a], [b]) => (a < b ? -1 : 1))))
  const seconds = totals.realSeconds
  console.log(
    `\n${totals.done} seeds, ${(totals.virtualMs / 3_600_000).toFixed(1)} virtual hours, ${totals.steps} steps in ` +
      `${seconds.toFixed(0)} s: ${Math.round(totals.steps / seconds)} steps per second. ${totals.failed.length} seeds failed.`,
  )
}
