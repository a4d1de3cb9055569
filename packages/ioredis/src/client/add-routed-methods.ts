import { bindPipeline } from './bind-pipeline.ts'
import type { PipelineObject } from './internals.ts'
import { ROUTER, type Router } from './router.ts'
import { guardScanStream, type ScanStreamObject } from './scan-guard.ts'

type PipelineMaker = (...args: unknown[]) => PipelineObject
type ScanStreamMaker = (command: string, options: object) => ScanStreamObject
interface Client {
  readonly [ROUTER]: Router
}

/** Pipelines, transactions and scan streams, which the types of ioredis declare as private, or as plain fields. */
export const addRoutedMethods = (prototype: object, base: object): void => {
  const inherited = base as { pipeline: PipelineMaker; multi: PipelineMaker; createScanStream: ScanStreamMaker }
  const bound = (make: PipelineMaker): PipelineMaker =>
    function (this: Client, ...args) {
      const pipeline = make.apply(this, args)
      if (pipeline instanceof Promise) return pipeline
      bindPipeline(pipeline, this, this[ROUTER])
      return pipeline
    }
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(prototype, name, { configurable: true, writable: true, value })
  }
  define('pipeline', bound(inherited.pipeline))
  define('multi', bound(inherited.multi))
  define('createScanStream', function (this: Client, command: string, options: object): ScanStreamObject {
    const stream = inherited.createScanStream.call(this, command, options)
    guardScanStream(stream, this, this[ROUTER])
    return stream
  })
}
