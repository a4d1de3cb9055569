import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mutants } from '../../../scripts/mutants/list/index.ts'
import { mutate } from '../../../scripts/mutants/mutant.ts'
import { judge } from '../../../scripts/mutants/run-mutant.ts'

const root = join(import.meta.dirname, '../../..')
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

  it('refuses a text that is not there, or there twice', () => {
    const mutant = { name: 'a-b', breaks: '', file: 'f.ts', find: 'x', replace: 'y' }
    expect(mutate('a x b', mutant)).toBe('a y b')
    expect(() => mutate('a b', mutant)).toThrow('occurs 0 times in f.ts')
    expect(() => mutate('x x', mutant)).toThrow('occurs 2 times in f.ts')
  })
})

describe('what a run of the tests says about a mutant', () => {
  const results = (...statuses: string[]) => [
    { assertionResults: statuses.map((status, at) => ({ fullName: `test ${at}`, status })) },
  ]

  it('is killed by the first test that fails', () => {
    const report = { success: false, numPassedTests: 1, numFailedTests: 1, testResults: results('passed', 'failed') }
    expect(judge(report)).toEqual({ fate: 'killed', by: 'test 1' })
  })

  it('survived where all tests passed', () => {
    const report = { success: true, numPassedTests: 1, numFailedTests: 0, testResults: results('passed') }
    expect(judge(report).fate).toBe('survived')
  })

  it('has shown nothing where no test ran, or none failed in a run that did not succeed', () => {
    expect(judge({ success: true, numPassedTests: 0, numFailedTests: 0, testResults: [] }).fate).toBe('broken')
    const report = { success: false, numPassedTests: 1, numFailedTests: 0, testResults: results('passed') }
    expect(judge(report).fate).toBe('broken')
  })
})
