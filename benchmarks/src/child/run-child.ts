import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { bundle, type ChildProgram } from './bundle.ts'

export interface ChildOptions {
  readonly nodeOptions?: readonly string[]
  /** Keeps a CPU profile of the process in this folder. */
  readonly profileFolder?: string | undefined
  /** Milliseconds. Default 900 000. */
  readonly timeout?: number
}

/** Builds the program once, and removes what was built when the work with it is done. */
export async function withChild<T>(
  program: ChildProgram,
  work: (run: <R>(request: object, options?: ChildOptions) => Promise<R>) => Promise<T>,
): Promise<T> {
  const file = await bundle(program)
  try {
    return await work((request, options) => runChild(file, request, options))
  } finally {
    await rm(file, { force: true })
  }
}

/** Runs a bundled program in a process of its own, so that nothing else shares its event loop and its memory. */
async function runChild<R>(file: string, request: object, options: ChildOptions = {}): Promise<R> {
  const { nodeOptions = [], profileFolder, timeout = 900_000 } = options
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  const args = [...nodeOptions, ...profiling, file, JSON.stringify(request)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout, maxBuffer: 64 * 1024 * 1024 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as R
}
