import { simulate } from '@redis-endpoint-failover/core/testing'
import { printCounts } from './report.ts'
import { seedOf } from './seed-of.ts'

/** Lines that are printed before the first violation. */
const CONTEXT_LINES = 60

/** Runs one seed, tells what happened in it, and whether all invariants held. */
export const runOne = async (text: string, minutes: number, wholeLog: boolean): Promise<boolean> => {
  const startedAt = process.hrtime.bigint()
  const report = await simulate({ seed: seedOf(text), minutes, keepLog: true })
  const realMs = Number(process.hrtime.bigint() - startedAt) / 1e6
  if (wholeLog) console.log(report.log.join('\n'))
  const at = report.log.findIndex((line) => line.includes(' VIOLATION '))
  if (!wholeLog && at >= 0) console.log(report.log.slice(Math.max(0, at - CONTEXT_LINES), at + 5).join('\n'))
  printCounts(report.counts)
  const virtual = (report.virtualMs / 1000).toFixed(0)
  console.log(
    `seed ${text}: ${report.steps} steps, ${virtual} virtual seconds in ${realMs.toFixed(0)} ms, hash ${report.hash}`,
  )
  for (const { invariant, at: when, text: what } of report.violations)
    console.log(`  VIOLATED ${invariant} at ${when.toFixed(3)} ms: ${what}`)
  if (report.violations.length === 0) console.log('  every invariant held')
  return report.violations.length === 0
}
