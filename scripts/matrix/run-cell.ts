import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, findNode, install } from './install.ts'
import { type Cell, labelOf } from './plan.ts'

const root = join(import.meta.dirname, '../..')

export interface SuiteOptions {
  /** Only the tests whose names match, as `vitest -t` takes it. */
  readonly only?: string | undefined
  /** All tests of the adapter that use servers, instead of the two contract suites. */
  readonly all: boolean
}

export interface CellResult {
  readonly cell: Cell
  readonly clientVersion: string
  readonly nodeVersion: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly seconds: number
  /** Names of failed tests, or why nothing ran. */
  readonly failures: readonly string[]
}

interface JsonReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Runs the suites of one adapter with one version of its client on one Node. A cell without a single test has failed. */
export const runCell = async (cell: Cell, { only, all }: SuiteOptions): Promise<CellResult> => {
  const { name, range, adapter } = cell.client
  const client = install(name, range, labelOf(cell.client))
  const node = findNode(cell.node)
  const report = join(CACHE, 'reports', `${labelOf(cell.client)}-node-${cell.node}.json`)
  mkdirSync(join(CACHE, 'reports'), { recursive: true })
  rmSync(report, { force: true })
  const tests = `packages/${adapter}/test/redis${all ? '/' : '/contract.'}`
  const startedAt = performance.now()
  const output = await run(
    node.program,
    [
      ...[join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'redis', '--project', 'untimed', tests],
      ...['--reporter=json', `--outputFile=${report}`, '--reporter=default'],
      ...(only === undefined ? [] : ['-t', only]),
    ],
    { MATRIX_CLIENT: `${name}=${client.folder}` },
  )
  const seconds = (performance.now() - startedAt) / 1000
  const base = { cell, clientVersion: client.version, nodeVersion: node.version, seconds }
  if (!existsSync(report)) return { ...base, passed: 0, failed: 1, skipped: 0, failures: [output.text.slice(-2000)] }
  const counts = countTests(JSON.parse(readFileSync(report, 'utf8')) as JsonReport)
  if (counts.failed === 0 && (output.code !== 0 || counts.passed === 0))
    return { ...base, ...counts, failed: 1, failures: [output.text.slice(-2000)] }
  return { ...base, ...counts }
}

const countTests = (report: JsonReport): Pick<CellResult, 'passed' | 'failed' | 'skipped' | 'failures'> => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests,
  skipped: report.numPendingTests,
  failures: report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed').map(({ fullName }) => fullName)
    return failed.length === 0 && status === 'failed' ? [`${name}: ${message}`] : failed
  }),
})

const run = (program: string, args: readonly string[], environment: Readonly<Record<string, string>>) =>
  new Promise<{ code: number | null; text: string }>((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...environment, NO_COLOR: '1' } })
    let text = ''
    const append = (chunk: Buffer): void => {
      text += chunk.toString()
    }
    child.stdout.on('data', append)
    child.stderr.on('data', append)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, text }))
  })
