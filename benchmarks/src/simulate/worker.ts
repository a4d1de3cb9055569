import { parentPort, workerData } from 'node:worker_threads'
import { simulate } from '@redis-endpoint-failover/core/testing'
import type { WorkerTask } from './run-in-workers.ts'
import type { SeedReport } from './totals.ts'

// Nobody reads the stacks of a million errors that are part of the game, and making them takes a quarter of the time.
Error.stackTraceLimit = 0

const { seeds, minutes } = workerData as WorkerTask

const main = async (): Promise<void> => {
  for (const seed of seeds) parentPort?.postMessage(await run(seed))
}
void main()

async function run(seed: number): Promise<SeedReport> {
  const rejections: unknown[] = []
  const note = (error: unknown): void => void rejections.push(error)
  process.on('unhandledRejection', note)
  try {
    const report = await simulate({ seed, minutes })
    const crashed =
      rejections.length > 0 ? { crashed: `a promise was rejected and nobody listened: ${rejections[0]}` } : {}
    return { ...report, ...crashed, log: report.violations.length > 0 ? report.log : [] }
  } catch (error) {
    const nothing = { violations: [], steps: 0, virtualMs: 0, hash: '', log: [], counts: {} }
    return { seed, ...nothing, crashed: String(error) }
  } finally {
    process.off('unhandledRejection', note)
  }
}
