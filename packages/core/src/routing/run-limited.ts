import type { Call } from './call.ts'
import { TaskCall } from './call.ts'
import type { CallLimits } from './call-limits.ts'
import type { CommandTask } from './command-task.ts'

/** Runs a task whose caller has his answer as soon as its limits say so, whatever `run` waits for. */
export const runLimited = <TClient, T>(
  task: CommandTask<TClient, T>,
  limits: CallLimits,
  limit: (call: Call, limits: CallLimits) => boolean,
  run: (task: CommandTask<TClient, T>) => Promise<T>,
): Promise<T> => {
  const call = new TaskCall<T>(task)
  try {
    if (!limit(call, limits)) return call.promise
  } catch (error) {
    return Promise.reject(error)
  }
  run({ ...task, call }).then(
    (reply) => call.resolve(reply),
    (error: unknown) => call.reject(error),
  )
  return call.promise
}
