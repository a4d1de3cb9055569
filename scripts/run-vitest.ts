import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
/** As much of what a run printed is kept: its end says why nothing ran. */
const KEPT_CHARACTERS = 10_000

export interface VitestRun {
  /** As after `vitest run`. */
  readonly args: readonly string[]
  /** Where the report of the run goes: `readVitestReport` reads it. */
  readonly report: string
  /** Beside those of this process. */
  readonly environment: Readonly<Record<string, string>>
  /** The Node to run it on; default: this one. */
  readonly node?: string
  /** After so many milliseconds the run is ended, its workers too; default: never. */
  readonly giveUpMs?: number
}

export interface VitestExit {
  readonly code: number | null
  readonly timedOut: boolean
  /** The end of what it printed. */
  readonly text: string
}

/** What this project reads of the report that vitest writes. */
export interface VitestReport {
  readonly success: boolean
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

/** Runs tests of this repository in a process of their own. */
export const runVitest = ({ args, report, environment, node = process.execPath, giveUpMs }: VitestRun) =>
  new Promise<VitestExit>((resolve, reject) => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const child = spawn(
      node,
      [vitest, 'run', ...args, '--reporter=default', '--reporter=json', `--outputFile=${report}`],
      {
        cwd: root,
        env: { ...process.env, ...environment, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, so that all of it can be ended: a worker that loops for ever does not notice that its parent is gone.
        detached: true,
      },
    )
    const endAll = (): void => {
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // It has ended meanwhile.
      }
    }
    const interrupted = (): void => {
      endAll()
      process.exit(130)
    }
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
    let text = ''
    let timedOut = false
    const append = (chunk: Buffer): void => {
      text = (text + chunk.toString()).slice(-KEPT_CHARACTERS)
    }
    child.stdout.on('data', append)
    child.stderr.on('data', append)
    const onTimeout = (): void => {
      timedOut = true
      endAll()
    }
    const timer = giveUpMs === undefined ? undefined : setTimeout(onTimeout, giveUpMs)
    const after = (): void => {
      clearTimeout(timer)
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    }
    child.once('error', (error) => {
      after()
      reject(error)
    })
    child.once('close', (code) => {
      after()
      resolve({ code, timedOut, text })
    })
  })

/** `undefined` where the run did not come as far as to write one. */
export const readVitestReport = (report: string): VitestReport | undefined =>
  existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as VitestReport) : undefined
