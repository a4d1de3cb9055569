import type { CallLimits } from '@redis-endpoint-failover/core'
import type { CommandOptions } from '../native/internals.ts'
import { limitsOf, withoutLimits } from '../routed/call-options.ts'

type Step = readonly [method: string, args: readonly unknown[]]
type Methods = Record<string, (...args: readonly unknown[]) => unknown>

/** A way of looking at a client (`withTypeMapping()`, ...), to be taken on whichever client is active then. */
export class View {
  readonly #steps: readonly Step[]
  /** What ends its commands before their replies. */
  readonly limits: CallLimits | undefined
  /** Views of clients that are still in use: made once for each. */
  readonly #made = new WeakMap<object, Methods>()

  constructor(steps: readonly Step[] = [], limits?: CallLimits) {
    this.#steps = steps
    this.limits = limits
  }

  /** Limits stay with us: the native client would end a command only as long as that was not written. */
  with(method: string, [first, ...others]: readonly unknown[]): View {
    if (method === 'withAbortSignal')
      return new View(this.#steps, { ...this.limits, signal: first as AbortSignal | undefined })
    if (method !== 'withCommandOptions') return new View([...this.#steps, [method, [first, ...others]]], this.limits)
    const options = first as CommandOptions | undefined
    return new View([...this.#steps, [method, [withoutLimits(options), ...others]]], limitsOf(options))
  }

  /** The view of this client. */
  of(native: unknown): Methods {
    const client = native as Methods
    if (this.#steps.length === 0) return client
    let view = this.#made.get(client)
    if (view === undefined) {
      view = this.#steps.reduce<Methods>(
        (of, [method, args]) => (of[method] as Methods[string])(...args) as Methods,
        client,
      )
      this.#made.set(client, view)
    }
    return view
  }
}

/** Calls a method of a view of the client, or of one of its modules. */
export const callOn = (
  view: Methods,
  namespace: string | undefined,
  method: string,
  args: readonly unknown[],
): unknown => {
  const holder = namespace === undefined ? view : (view[namespace] as unknown as Methods)
  return (holder[method] as Methods[string])(...args)
}

/** Methods that make a view; all versions and kinds together. */
export const VIEW_METHODS: ReadonlySet<string> = new Set([
  'withCommandOptions',
  'withTypeMapping',
  'withAbortSignal',
  'asap',
])
