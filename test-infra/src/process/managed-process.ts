import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, processState } from './is-alive.ts'
import { reaper } from './reaper.ts'

export interface ProcessOptions {
  /** Names the log file and error messages. */
  name: string
  command: string
  args: readonly string[]
  /** Working folder, which also gets the log. */
  dir: string
  env?: NodeJS.ProcessEnv
}

/** When a signal left this process, on the clock of `performance.now()`: what detection times are measured from. */
export interface SignalSent {
  readonly at: number
}

/** A program that dies with this process, does not keep this process alive, and takes the signals that tests send. */
export class ManagedProcess {
  readonly name: string
  readonly pid: number
  /** Resolves when the process is gone. */
  readonly exited: Promise<void>
  readonly #child: ChildProcess
  readonly #logFile: string
  readonly #logStart: number

  constructor({ name, command, args, dir, env }: ProcessOptions) {
    this.name = name
    this.#logFile = join(dir, `${name}.log`)
    const log = openSync(this.#logFile, 'a')
    this.#logStart = fstatSync(log).size
    // A file instead of pipes: nothing to keep reading. Detached: Ctrl-C in a terminal ends the test, which ends this.
    this.#child = spawn(command, args, {
      cwd: dir,
      detached: true,
      env: env ?? process.env,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    // A program that cannot be run has no pid, which says it here and now; the event comes later and says no more.
    this.#child.once('error', () => undefined)
    if (this.#child.pid === undefined) throw new Error(`${command} could not be started.`)
    this.pid = this.#child.pid
    reaper.addPid(this.pid)
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', () => {
        reaper.removePid(this.pid)
        resolve()
      })
    })
    this.#child.unref()
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null && isAlive(this.pid)
  }

  /** Everything this process printed so far; earlier ones in the same folder are left out. */
  get log(): string {
    return readFileSync(this.#logFile).subarray(this.#logStart).toString()
  }

  /** SIGKILL; resolves when the process is gone. Works on a paused one too. */
  async kill(): Promise<SignalSent> {
    const sent = this.#send('SIGKILL')
    await this.#gone()
    return sent
  }

  /** SIGSTOP: the process keeps its connections, accepts new ones into its backlog, and answers nothing. */
  async pause(): Promise<SignalSent> {
    const sent = this.#send('SIGSTOP')
    // The kernel stops it at its next chance, at most a few milliseconds later.
    for (let i = 0; i < 20 && processState(this.pid) !== 'T' && this.isRunning; i++) await sleep(1)
    return sent
  }

  /** SIGCONT. */
  resume(): Promise<SignalSent> {
    return Promise.resolve(this.#send('SIGCONT'))
  }

  /** SIGTERM, then SIGKILL if it is still there after `graceMs`; resolves when it is gone. */
  async end(graceMs = 500): Promise<void> {
    if (this.isRunning) {
      this.#send('SIGTERM')
      this.#send('SIGCONT')
      const ended = await Promise.race([this.#gone().then(() => true), sleep(graceMs, false, { ref: false })])
      if (!ended) this.#send('SIGKILL')
    }
    await this.#gone()
  }

  #send(signal: NodeJS.Signals): SignalSent {
    const at = performance.now()
    // A process that ended meanwhile cannot be signalled; kill() on the child handle then returns false instead of
    // reaching for a pid that may be somebody else's by now.
    this.#child.kill(signal)
    return { at }
  }

  async #gone(): Promise<void> {
    this.#child.ref()
    await this.exited
    this.#child.unref()
  }
}
