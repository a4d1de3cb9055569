import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readVitestReport, runVitest, type VitestReport } from '../run-vitest.ts'
import { CACHE, findNode, install } from './install.ts'
import { type Cell, labelOf } from './plan.ts'

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
  const output = await runVitest({
    node: node.program,
    args: ['--project', 'redis', '--project', 'untimed', tests, ...(only === undefined ? [] : ['-t', only])],
    report,
    environment: { MATRIX_CLIENT: `${name}=${client.folder}` },
  })
  const seconds = (performance.now() - startedAt) / 1000
  const base = { cell, clientVersion: client.version, nodeVersion: node.version, seconds }
  const result = readVitestReport(report)
  if (result === undefined) return { ...base, passed: 0, failed: 1, skipped: 0, failures: [output.text.slice(-2000)] }
  const counts = countTests(result)
  if (counts.failed === 0 && (output.code !== 0 || counts.passed === 0))
    return { ...base, ...counts, failed: 1, failures: [output.text.slice(-2000)] }
  return { ...base, ...counts }
}

const countTests = (report: VitestReport): Pick<CellResult, 'passed' | 'failed' | 'skipped' | 'failures'> => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests,
  skipped: report.numPendingTests,
  failures: report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed').map(({ fullName }) => fullName)
    return failed.length === 0 && status === 'failed' ? [`${name}: ${message}`] : failed
  }),
})
