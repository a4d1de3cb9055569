import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readVitestReport, runVitest, type VitestReport } from '../run-vitest.ts'
import type { Mutant } from './mutant.ts'

/** A mutant may make a test wait for ever. */
const GIVE_UP_MS = 300_000
// A slow machine must not pass for a test that notices something.
const TEST_TIMEOUT_MS = 120_000
export const TEST_FOLDER = 'packages/core/test/unit'
/** Tests that go through hours of virtual time: asked only where the others have noticed nothing. */
const LONG_TESTS = ['flapping', 'swarm', 'simulation']
const ALL_STAGES = [[TEST_FOLDER, ...LONG_TESTS.map((name) => `--exclude=**/*${name}*{,/**}`)], LONG_TESTS]

/**
 * `unseen`: no test has loaded the code. `broken`: a file of tests could not be loaded, or something failed that is no
 * test. `timed-out`: the tests did not end. Of these three, no test has said what is wrong.
 */
export type Fate = 'killed' | 'survived' | 'unseen' | 'broken' | 'timed-out'

export interface Verdict {
  readonly fate: Fate
  /** The test that failed first, or what else happened. */
  readonly by: string
}

export interface MutantResult extends Verdict {
  readonly mutant: Mutant
  readonly seconds: number
  /** Whether others than the tests named by the mutant were asked. */
  readonly askedOthers: boolean
}

export interface RunMutantOptions {
  /** Asks no other tests than those that the mutant names. */
  readonly related: boolean
}

/** Runs the tests on the mutant's code, those that it names first, the simulation last, up to the first that fails. */
export const runMutant = async (mutant: Mutant, { related }: RunMutantOptions): Promise<MutantResult> => {
  const startedAt = performance.now()
  let verdict: Verdict = { fate: 'unseen', by: 'no test has loaded it' }
  let askedOthers = false
  for (const stage of [testsOf([mutant]), ...(related ? [] : ALL_STAGES)]) {
    const latest = await runStage(stage, mutant)
    // Code that only one stage loads was seen.
    if (latest.fate !== 'unseen') verdict = latest
    if (latest.fate !== 'unseen' && latest.fate !== 'survived') break
    askedOthers ||= !related
  }
  return { mutant, seconds: (performance.now() - startedAt) / 1000, askedOthers, ...verdict }
}

/** Runs the tests on the code as it is: those that mutants name, or all of them. Where they fail anyway, they kill everything. */
export const runAsItIs = async (tests: readonly Mutant[] | 'all'): Promise<Verdict> => {
  for (const stage of tests === 'all' ? ALL_STAGES : [testsOf(tests)]) {
    const verdict = await runStage(stage, undefined)
    if (verdict.fate !== 'survived') return verdict
  }
  return { fate: 'survived', by: '' }
}

const testsOf = (mutants: readonly Mutant[]): string[] => [
  ...new Set(mutants.flatMap(({ tests }) => tests.map((test) => `${TEST_FOLDER}/${test}`))),
]

const runStage = async (tests: readonly string[], mutant: Mutant | undefined): Promise<Verdict> => {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'))
  const report = join(folder, 'report.json')
  const proof = join(folder, 'proof')
  try {
    const { timedOut, text } = await runVitest({
      args: ['--project', 'unit', '--bail', '1', `--testTimeout=${TEST_TIMEOUT_MS}`, ...tests],
      report,
      environment: mutant === undefined ? {} : { MUTANT: mutant.name, MUTANT_PROOF: proof },
      giveUpMs: GIVE_UP_MS,
    })
    if (mutant !== undefined && !existsSync(proof)) return { fate: 'unseen', by: text.slice(-500) }
    if (timedOut) return judgeEndless(mutant)
    const result = readVitestReport(report)
    return result === undefined ? { fate: 'broken', by: text.slice(-500) } : judge(result)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Tests that do not end say what is wrong only where a loop without end is what the mutant breaks. */
export const judgeEndless = (mutant: Mutant | undefined): Verdict => {
  const by = `the tests did not end within ${GIVE_UP_MS / 1000} s`
  return { fate: mutant?.endless ? 'killed' : 'timed-out', by }
}

/** What a report of the tests says about the code that they ran on. */
export const judge = (report: VitestReport): Verdict => {
  const failed = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => `${name.split(`${TEST_FOLDER}/`).at(-1)}: ${fullName}`),
  )
  if (failed[0] !== undefined) return { fate: 'killed', by: failed[0] }
  // A rejection that nobody handled, or a file that could not be loaded: no test has said what is wrong.
  if (!report.success || report.numPassedTests === 0)
    return { fate: 'broken', by: 'no test failed, yet the run was no success' }
  return { fate: 'survived', by: '' }
}
