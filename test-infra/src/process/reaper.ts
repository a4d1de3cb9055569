import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./reaper.mjs', import.meta.url))

type Kind = 'pid' | 'dir'

/** What this process must not leave behind. Everything told here goes when this process goes, even by SIGKILL. */
class Reaper {
  readonly #pids = new Set<number>()
  readonly #dirs = new Set<string>()
  #child: ChildProcess | undefined

  addPid(pid: number): void {
    this.#pids.add(pid)
    this.#tell('add', 'pid', pid)
  }

  removePid(pid: number): void {
    this.#pids.delete(pid)
    this.#tell('remove', 'pid', pid)
  }

  addDir(dir: string): void {
    this.#dirs.add(dir)
    this.#tell('add', 'dir', dir)
  }

  removeDir(dir: string): void {
    this.#dirs.delete(dir)
    this.#tell('remove', 'dir', dir)
  }

  #tell(action: 'add' | 'remove', kind: Kind, value: number | string): void {
    if (this.#child !== undefined) this.#write(action, kind, value)
    else if (action === 'add') this.#start()
  }

  // A small write to an empty pipe is done when write() returns, so nothing is lost if this process dies right after.
  #write(action: 'add' | 'remove', kind: Kind, value: number | string): void {
    this.#child?.stdin?.write(`${JSON.stringify([action, kind, value])}\n`)
  }

  #start(): void {
    const { NODE_OPTIONS: _, ...env } = process.env
    // Detached: a Ctrl-C in the terminal must not reach it.
    const child = spawn(process.execPath, [script], {
      cwd: '/',
      detached: true,
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.#child = child
    child.unref()
    ;(child.stdin as Socket).unref()
    child.stdin?.on('error', () => this.#lost(child))
    child.on('error', () => this.#lost(child))
    child.on('exit', () => this.#lost(child))
    if (!process.listeners('exit').includes(this.#atExit)) process.on('exit', this.#atExit)
    for (const pid of this.#pids) this.#write('add', 'pid', pid)
    for (const dir of this.#dirs) this.#write('add', 'dir', dir)
  }

  // Somebody ended the reaper: the next thing to watch starts another one, which is told of everything again.
  #lost(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined
  }

  // The reaper would do the same some milliseconds later; here it is done when the exit is.
  readonly #atExit = (): void => {
    for (const pid of this.#pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // Ended by itself.
      }
    }
    for (const dir of this.#dirs) rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  }
}

export const reaper = new Reaper()
