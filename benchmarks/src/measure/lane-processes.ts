import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Lane, LaneResult } from './lane.ts'

const programOfFigures = new URL('./lane-process.ts', import.meta.url)
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/**
 * Processes that measure one lane at a time each. Lanes side by side would otherwise stall one another: making a client
 * alone can take 30 ms.
 */
export class LaneProcesses implements Disposable {
  readonly #program: string
  readonly #idle: ChildProcess[] = []
  readonly #all: ChildProcess[] = []

  /** `program` answers each lane with its result; by default it knows the figures. */
  constructor(program: URL = programOfFigures) {
    this.#program = fileURLToPath(program)
  }

  /** Runs the lane in an idle process; starts one if there is none. */
  async run(lane: Lane): Promise<LaneResult> {
    const child = this.#idle.pop() ?? this.#start()
    const result = await new Promise<LaneResult>((resolve) => {
      const settle = (value: LaneResult): void => {
        child.off('message', settle)
        child.off('exit', onExit)
        resolve(value)
      }
      const onExit = (code: number | null, signal: string | null): void =>
        settle({ samples: [], repeated: 0, errors: [`The measuring process ended (${signal ?? code}).`] })
      child.on('message', settle)
      child.on('exit', onExit)
      child.send(lane)
    })
    if (child.connected) this.#idle.push(child)
    return result
  }

  [Symbol.dispose](): void {
    for (const child of this.#all) if (child.connected) child.disconnect()
  }

  #start(): ChildProcess {
    const child = fork(this.#program, {
      execArgv: ['--import', loader, '--conditions=@redis-endpoint-failover/source'],
      // What a run never reached is Infinity, which JSON does not know.
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#all.push(child)
    return child
  }
}
