import { factsOfMethod } from './command-words.ts'
import type { LateRouter } from './late-router.ts'
import { type Members, membersOf } from './members.ts'
import { callOn, type View } from './view.ts'

type Batch = Record<string, (...args: unknown[]) => unknown>
type Step = readonly [namespace: string | undefined, method: string, args: readonly unknown[]]

interface Recording {
  readonly steps: Step[]
  /** The native batch of a client that never connects: it refuses what the real one would refuse. */
  readonly shadow: Batch
  readonly view: View
  readonly routing: readonly unknown[]
  readOnly: boolean
}

const AS_TRANSACTION = new Set(['exec', 'EXEC', 'execTyped'])
const AS_PIPELINE = new Set(['execAsPipeline', 'execAsPipelineTyped'])
const RECORDING = Symbol('recording')
type Recorder = { readonly [RECORDING]: Recording }

/** Makes batches that are recorded when they are built, and played to the client that is active when they are executed. */
export class Batches {
  readonly #phantom: unknown
  readonly #router: LateRouter
  #prototype: object | undefined

  constructor(phantom: unknown, router: LateRouter) {
    this.#phantom = phantom
    this.#router = router
  }

  begin(view: View, routing: readonly unknown[]): object {
    const shadow = callOn(view.of(this.#phantom), undefined, 'MULTI', routing) as Batch
    this.#prototype ??= this.#generate(membersOf(shadow))
    const recording: Recording = { steps: [], shadow, view, routing, readOnly: true }
    return Object.create(this.#prototype, { [RECORDING]: { value: recording } })
  }

  #generate({ methods, namespaces }: Members): object {
    const prototype: Record<string, unknown> = {}
    for (const [method, upperName] of methods) {
      if (AS_TRANSACTION.has(method)) prototype[method] = this.#executor(method, false)
      else if (AS_PIPELINE.has(method)) prototype[method] = this.#executor(method, true)
      else prototype[method] = recordStep(undefined, method, upperName)
    }
    for (const [namespace, members] of namespaces) {
      const steps = Object.fromEntries(
        [...members].map(([method, upperName]) => [method, recordStep(namespace, method, upperName)]),
      )
      Object.defineProperty(prototype, namespace, {
        get(this: Recorder) {
          return Object.create(steps, { [RECORDING]: { value: this[RECORDING] }, batch: { value: this } })
        },
      })
    }
    return prototype
  }

  #executor(method: string, asPipeline: boolean) {
    const router = this.#router
    return function exec(this: Recorder, ...args: unknown[]): Promise<unknown> {
      const { steps, view, routing, readOnly } = this[RECORDING]
      const unit = asPipeline || args[0] === true ? 'pipeline' : 'transaction'
      return router.sendBatch(
        unit,
        readOnly,
        (native) => {
          const batch = callOn(view.of(native), undefined, 'MULTI', routing) as Batch
          for (const [namespace, name, stepArgs] of steps) callOn(batch, namespace, name, stepArgs)
          return callOn(batch, undefined, method, args) as Promise<unknown>
        },
        view.limits,
      )
    }
  }
}

const recordStep = (namespace: string | undefined, method: string, upperName: string) => {
  const { readOnly } = factsOfMethod(upperName, namespace)
  return function record(this: Recorder & { readonly batch?: object }, ...args: unknown[]): object {
    const recording = this[RECORDING]
    callOn(recording.shadow, namespace, method, args)
    recording.steps.push([namespace, method, args])
    recording.readOnly &&= readOnly
    return this.batch ?? this
  }
}
