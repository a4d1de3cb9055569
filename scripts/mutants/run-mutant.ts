import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'

const root = join(import.meta.dirname, '../..')
/** A mutant may make a test wait for ever. */
const GIVE_UP_MS = 300_000
// A slow machine must not pass for a test that notices something.
const TEST_TIMEOUT_MS = 120_000
/** Tests that go through hours of virtual time: asked only where the others have noticed nothing. */
const LONG_TESTS = ['flapping', 'swarm', 'simulation']
const UNIT_TESTS = ['run', '--project', 'unit', '--bail', '1', `--testTimeout=${TEST_TIMEOUT_MS}`]
const STAGES = [['packages/core/test/unit', ...LONG_TESTS.map((name) => `--exclude=**/*${name}*{,/**}`)], LONG_TESTS]

/** `unseen`: no test has loaded the code. `broken`: nothing of it could be run at all, so nothing was shown. */
export type Fate = 'killed' | 'survived' | 'unseen' | 'broken'

export interface MutantResult {
  readonly mutant: Mutant | undefined
  readonly fate: Fate
  /** The test that failed first, or what else happened. */
  readonly by: string
  readonly seconds: number
}

interface JsonReport {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Runs the unit tests of the core, simulation included, on the mutant's code; on the code as it is without one. */
export const runMutant = async (mutant?: Mutant): Promise<MutantResult> => {
  const startedAt = performance.now()
  const verdicts: Pick<MutantResult, 'fate' | 'by'>[] = []
  for (const stage of STAGES) {
    const verdict = await runStage(stage, mutant)
    verdicts.push(verdict)
    if (verdict.fate === 'killed' || verdict.fate === 'broken') break
  }
  const [first, last = first] = verdicts
  const seconds = (performance.now() - startedAt) / 1000
  // Code that only one stage loads was seen.
  const verdict = last?.fate === 'unseen' ? first : last
  return { mutant, seconds, ...(verdict ?? { fate: 'broken', by: 'nothing was run' }) }
}

const runStage = async (
  tests: readonly string[],
  mutant: Mutant | undefined,
): Promise<Pick<MutantResult, 'fate' | 'by'>> => {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'))
  const report = join(folder, 'report.json')
  const proof = join(folder, 'proof')
  try {
    const { timedOut, text } = await runTests(
      [...UNIT_TESTS, ...tests, '--reporter=json', `--outputFile=${report}`],
      mutant === undefined ? {} : { MUTANT: mutant.name, MUTANT_PROOF: proof },
    )
    if (mutant !== undefined && !existsSync(proof)) return { fate: 'unseen', by: text.slice(-500) }
    if (timedOut) return { fate: 'killed', by: `the tests did not end within ${GIVE_UP_MS / 1000} s` }
    if (!existsSync(report)) return { fate: 'broken', by: text.slice(-500) }
    return judge(JSON.parse(readFileSync(report, 'utf8')) as JsonReport)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a report of the tests says about the code that they ran on. */
export const judge = (report: JsonReport): Pick<MutantResult, 'fate' | 'by'> => {
  const failed = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  )
  if (failed[0] !== undefined) return { fate: 'killed', by: failed[0] }
  // A rejection that nobody handled, or a file that could not be loaded: no test has said what is wrong.
  if (!report.success || report.numPassedTests === 0)
    return { fate: 'broken', by: 'no test failed, yet the run was no success' }
  return { fate: 'survived', by: '' }
}

const runTests = (args: readonly string[], environment: Readonly<Record<string, string>>) =>
  new Promise<{ timedOut: boolean; text: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
      cwd: root,
      env: { ...process.env, ...environment, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    let timedOut = false
    const append = (chunk: Buffer): void => {
      text = (text + chunk.toString()).slice(-10_000)
    }
    child.stdout.on('data', append)
    child.stderr.on('data', append)
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, GIVE_UP_MS)
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(timer)
      resolve({ timedOut, text })
    })
  })
