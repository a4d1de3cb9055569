type Step = readonly [method: string, args: readonly unknown[]]
type Methods = Record<string, (...args: readonly unknown[]) => unknown>

/** A way of looking at a client (`withTypeMapping()`, ...), to be taken on whichever client is active then. */
export class View {
  readonly #steps: readonly Step[]
  /** Views of clients that are still in use: made once for each. */
  readonly #made = new WeakMap<object, Methods>()

  constructor(steps: readonly Step[] = []) {
    this.#steps = steps
  }

  with(method: string, args: readonly unknown[]): View {
    return new View([...this.#steps, [method, args]])
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
