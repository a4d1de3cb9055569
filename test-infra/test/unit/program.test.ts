import { afterEach, describe, expect, it, vi } from 'vitest'
import { ensureProgram, findOnPath, type ProgramSource } from '../../src/index.ts'
import { withInstallLock } from '../../src/program/install-lock.ts'

const source: ProgramSource = {
  names: ['no-such-program', 'node'],
  envVariable: 'TEST_INFRA_PROGRAM',
  debianPackage: 'no-such-package',
  brewFormula: 'no-such-formula',
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('a program that is needed', () => {
  it('is the first of its names that is on PATH', async () => {
    expect(findOnPath('no-such-program')).toBeUndefined()
    expect(await ensureProgram(source)).toBe(findOnPath('node'))
  })

  it('is what its environment variable says, as a path or as a name', async () => {
    vi.stubEnv('TEST_INFRA_PROGRAM', process.execPath)
    expect(await ensureProgram(source)).toBe(process.execPath)
    vi.stubEnv('TEST_INFRA_PROGRAM', 'sh')
    expect(await ensureProgram(source)).toBe(findOnPath('sh'))
  })

  it('is not looked for elsewhere when its environment variable is wrong', async () => {
    vi.stubEnv('TEST_INFRA_PROGRAM', '/no/such/file')
    await expect(ensureProgram(source)).rejects.toThrow(
      'TEST_INFRA_PROGRAM is set to "/no/such/file", which is not an executable file.',
    )
  })
})

describe('the lock around installing', () => {
  it('lets one in at a time, also after one has failed', async () => {
    let inside = 0
    let most = 0
    const task = async (): Promise<void> => {
      most = Math.max(most, ++inside)
      await new Promise((resolve) => setImmediate(resolve))
      inside--
      throw new Error('as planned')
    }
    const results = await Promise.allSettled([1, 2, 3].map(() => withInstallLock(task)))
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(most).toBe(1)
  })
})
