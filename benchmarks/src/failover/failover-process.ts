// Does one fault to one contender after another, in a process of its own: see measure/child-processes.ts.
import { type FailoverRequest, type FailoverRun, runFailover } from './run-failover.ts'

/** The run, or why there is none. */
export type FailoverAnswer = { readonly run: FailoverRun } | { readonly error: string }

process.on('message', (request: FailoverRequest) => void answer(request))
// Nobody is left to report to; the servers end with this process.
process.on('disconnect', () => process.exit())

async function answer(request: FailoverRequest): Promise<void> {
  const answer: FailoverAnswer = await runFailover(request).then(
    (run) => ({ run }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  )
  process.send?.(answer)
}
