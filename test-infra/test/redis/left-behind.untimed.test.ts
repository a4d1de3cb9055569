import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { eventually, isAlive } from '../../src/index.ts'

const program = fileURLToPath(new URL('./fixtures/forgets-its-servers.ts', import.meta.url))
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

interface Started {
  child: ChildProcess
  exited: Promise<number | null>
  pids: number[]
  dirs: string[]
}

async function run(...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, ['--import', loader, program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve)
    child.once('exit', () => reject(new Error('It ended without a word.')))
  })
  return { child, exited, ...(JSON.parse(line) as { pids: number[]; dirs: string[] }) }
}

async function expectNothingLeft({ pids, dirs }: Started): Promise<void> {
  await eventually(() => !pids.some(isAlive) && !dirs.some((dir) => existsSync(dir)), { timeout: 2000 })
}

describe('when the process that started servers', () => {
  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'dies by %s, its servers and folders go, paused ones too',
    async (signal) => {
      const started = await run('wait')
      expect(started.pids.map(isAlive)).toEqual([true, true])
      expect(started.dirs.map((dir) => existsSync(dir))).toEqual([true, true])
      started.child.kill(signal)
      await started.exited
      await expectNothingLeft(started)
    },
  )

  it('forgets to stop them, it exits by itself and they go', async () => {
    const started = await run()
    const start = performance.now()
    expect(await started.exited).toBe(0)
    expect(performance.now() - start).toBeLessThan(1000)
    await expectNothingLeft(started)
  })
})
