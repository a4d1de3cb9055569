import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import type { SeedReport } from './totals.ts'

/** What a worker is to do. */
export interface WorkerTask {
  readonly seeds: readonly number[]
  readonly minutes: number
}

export interface WorkersOptions {
  readonly first: number
  readonly seeds: number
  readonly minutes: number
  readonly workers: number
  readonly onReport: (report: SeedReport) => void
}

/** Shares the seeds out among worker threads; resolves when all have been run. */
export const runInWorkers = async ({ first, seeds, minutes, workers, onReport }: WorkersOptions): Promise<void> => {
  const all = Array.from({ length: seeds }, (_, index) => first + index)
  const shares = Array.from({ length: Math.min(workers, seeds) }, (_, share) =>
    all.filter((_seed, index) => index % Math.min(workers, seeds) === share),
  )
  const code = await bundleWorker()
  await Promise.all(shares.map((share) => runShare(code, { seeds: share, minutes }, onReport)))
}

// Node cannot start a worker from TypeScript by itself.
const bundleWorker = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['@redis-endpoint-failover/source'],
  })
  return outputFiles[0]?.text ?? ''
}

const runShare = (code: string, task: WorkerTask, onReport: (report: SeedReport) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true, workerData: task })
    worker.on('message', onReport)
    worker.on('error', reject)
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with code ${code}.`))))
  })
