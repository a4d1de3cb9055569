import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

export interface ChildProcessesOptions<Answer> {
  /** Answers each message with one message, and exits when it is disconnected. */
  readonly program: URL
  /** What a request comes to whose process ended without an answer. */
  readonly onExit: (how: string) => Answer
  /** Keeps CPU profiles of the processes in this folder. */
  readonly profileFolder?: string | undefined
}

/** Processes of one program, each of which works on one request at a time; as many as there are requests at once. */
export class ChildProcesses<Request extends object, Answer> implements Disposable {
  readonly #program: string
  readonly #onExit: (how: string) => Answer
  readonly #profiling: readonly string[]
  readonly #idle: ChildProcess[] = []
  readonly #all: ChildProcess[] = []

  constructor({ program, onExit, profileFolder }: ChildProcessesOptions<Answer>) {
    this.#program = fileURLToPath(program)
    this.#onExit = onExit
    this.#profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  }

  /** Has the request answered by an idle process; starts one if there is none. */
  async run(request: Request): Promise<Answer> {
    const child = this.#idle.pop() ?? this.#start()
    const answer = await new Promise<Answer>((resolve) => {
      const settle = (value: Answer): void => {
        child.off('message', settle)
        child.off('exit', onExit)
        resolve(value)
      }
      const onExit = (code: number | null, signal: string | null): void =>
        settle(this.#onExit(`The measuring process ended (${signal ?? code}).`))
      child.on('message', settle)
      child.on('exit', onExit)
      child.send(request)
    })
    if (child.connected) this.#idle.push(child)
    return answer
  }

  [Symbol.dispose](): void {
    for (const child of this.#all) if (child.connected) child.disconnect()
  }

  #start(): ChildProcess {
    const child = fork(this.#program, {
      execArgv: [...this.#profiling, '--import', loader, '--conditions=@redis-endpoint-failover/source'],
      // What a run never reached is Infinity, which JSON does not know.
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#all.push(child)
    return child
  }
}
