import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const folder = fileURLToPath(new URL('../../', import.meta.url))
const toRun = ['--conditions=@redis-endpoint-failover/source', '--import', 'tsx']

/** Runs a file of this package as a person would; resolves with what it printed, once it has ended by itself. */
export async function runFile(path: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: folder, timeout: 60_000, killSignal: 'SIGKILL' } as const
    execFile(process.execPath, [...toRun, path, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? error.signal), stdout, stderr }),
    )
  })
  const complaints = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('[test-infra]'))
  expect({ code, complaints, stdout }).toEqual({ code: 0, complaints: [], stdout })
  return stdout
}

/** Runs one example. */
export const runExample = (name: string, ...args: string[]): Promise<string> => runFile('src/run.ts', name, ...args)
