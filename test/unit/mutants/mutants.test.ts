import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mutants } from '../../../scripts/mutants/list/index.ts'
import { mutate } from '../../../scripts/mutants/mutant.ts'
import { judge, judgeEndless, TEST_FOLDER } from '../../../scripts/mutants/run-mutant.ts'
import type { VitestReport } from '../../../scripts/run-vitest.ts'

const root = join(import.meta.dirname, '../../..')
const someMutant = { name: 'a-b', breaks: '', file: 'f.ts', find: 'x', replace: 'y', tests: [] }
const sourceOf = (file: string): string => readFileSync(join(root, file), 'utf8')

describe('the list of mutants', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s still finds what it breaks', (_, mutant) => {
    const source = sourceOf(mutant.file)
    expect(mutate(source, mutant)).not.toBe(source)
  })

  it('has a name and a reason for each, and no name twice', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
    for (const { name, breaks } of mutants) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/)
      expect(breaks).toMatch(/^[A-Z].+\.$/)
    }
  })

  it('names tests that exist, for each', () => {
    for (const { name, tests } of mutants) {
      expect(tests, name).not.toEqual([])
      for (const test of tests) expect(existsSync(join(root, TEST_FOLDER, test)), `${name}: ${test}`).toBe(true)
    }
  })

  it('refuses a text that is not there, or there twice', () => {
    expect(mutate('a x b', someMutant)).toBe('a y b')
    expect(() => mutate('a b', someMutant)).toThrow('occurs 0 times in f.ts')
    expect(() => mutate('x x', someMutant)).toThrow('occurs 2 times in f.ts')
  })
})

describe('what a run of the tests says about a mutant', () => {
  const report = (success: boolean, ...statuses: string[]): VitestReport => ({
    success,
    numPassedTests: statuses.filter((status) => status === 'passed').length,
    numFailedTests: statuses.filter((status) => status === 'failed').length,
    numPendingTests: 0,
    testResults: [
      {
        name: join(root, TEST_FOLDER, 'group/some.test.ts'),
        status: success ? 'passed' : 'failed',
        message: '',
        assertionResults: statuses.map((status, at) => ({ fullName: `test ${at}`, status })),
      },
    ],
  })

  it('is killed by the first test that fails', () => {
    expect(judge(report(false, 'passed', 'failed'))).toEqual({ fate: 'killed', by: 'group/some.test.ts: test 1' })
  })

  it('survived where all tests passed', () => {
    expect(judge(report(true, 'passed')).fate).toBe('survived')
  })

  it('has shown nothing where no test ran, or none failed in a run that did not succeed', () => {
    expect(judge(report(true)).fate).toBe('broken')
    expect(judge(report(false, 'passed')).fate).toBe('broken')
  })

  it('has shown nothing where the tests did not end, unless a loop without end is what it breaks', () => {
    expect(judgeEndless(someMutant).fate).toBe('timed-out')
    expect(judgeEndless({ ...someMutant, endless: true }).fate).toBe('killed')
  })
})
