import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import type { FaultRun } from './fault-run.ts'

/** Processes that do nothing but want a core, `perCore` for each; they end with the run. */
export function keepCoresBusy(run: FaultRun, perCore: number): void {
  const busy: ChildProcess[] = Array.from({ length: perCore * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  const end = (): void => {
    for (const child of busy) child.kill('SIGKILL')
  }
  // Also where the run ends otherwise: they would never end by themselves.
  process.once('exit', end)
  run.undo(async () => {
    process.off('exit', end)
    end()
    await Promise.all(
      busy.map((child) => child.exitCode ?? child.signalCode ?? new Promise((done) => child.once('exit', done))),
    )
  })
}
