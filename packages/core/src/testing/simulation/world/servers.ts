import type { Timer } from '../../../runtime/clock.ts'
import type { ScriptedAdapter } from '../../scripted/scripted-adapter.ts'
import type { ScriptedEndpoint } from '../../scripted/scripted-endpoint.ts'
import type { VirtualClock } from '../../virtual-clock.ts'
import type { Draw } from '../plan/draw.ts'
import { type FaultKind, HARMLESS_FAULTS } from '../plan/features.ts'
import { beginFault } from './endpoint-faults.ts'

/** Something that is wrong with one or several servers at present. */
export interface Trouble {
  readonly kind: FaultKind
  readonly ids: readonly string[]
  readonly since: number
  readonly isHarmless: boolean
  readonly heal: () => void
}

export interface ServersOptions {
  readonly clock: VirtualClock
  readonly adapter: ScriptedAdapter
  readonly draw: Draw
  /** The shortest probe timeout, in milliseconds: what is slower than this may be noticed. */
  readonly timeoutMs: number
  readonly onFault: (kind: FaultKind, ids: readonly string[]) => void
  readonly onHealed: (kind: FaultKind, ids: readonly string[]) => void
}

/** The servers behind the endpoints, and the truth about them, which the group can only guess. */
export class Servers {
  readonly ids: readonly string[]
  readonly #options: ServersOptions
  readonly #troubles = new Map<string, Trouble>()
  readonly #wellSince = new Map<string, number>()
  readonly #healing = new Map<Trouble, Timer>()

  constructor(ids: readonly string[], options: ServersOptions) {
    this.ids = ids
    this.#options = options
    for (const id of ids) this.#wellSince.set(id, -Infinity)
  }

  server(id: string): ScriptedEndpoint {
    return this.#options.adapter.endpoint(id)
  }

  /** What is wrong with it now. */
  troubleOf(id: string): Trouble | undefined {
    return this.#troubles.get(id)
  }

  /** Since when nothing has been wrong with it that could be noticed; `Infinity` while something is. */
  wellSince(id: string): number {
    const trouble = this.#troubles.get(id)
    if (trouble !== undefined && !trouble.isHarmless) return Infinity
    return this.#wellSince.get(id) ?? -Infinity
  }

  get troubled(): readonly Trouble[] {
    return [...new Set(this.#troubles.values())]
  }

  /** Something goes wrong now, and for `lastsMs` where it does not end at once. */
  begin(kind: FaultKind, ids: readonly string[], lastsMs: number): void {
    const { clock, draw, timeoutMs, onFault } = this.#options
    for (const id of ids) this.#end(this.#troubles.get(id))
    const others = this.ids.filter((id) => !ids.includes(id))
    const begun = beginFault(kind, {
      clock,
      draw,
      timeoutMs,
      servers: ids.map((id) => this.server(id)),
      other: others.length === 0 ? undefined : this.#free(draw.pick(others)),
    })
    const isHarmless = HARMLESS_FAULTS.has(kind)
    onFault(kind, ids)
    const affected = [...ids, ...(begun.alsoAffected ?? [])]
    if (begun.heal === undefined) {
      if (!isHarmless) for (const id of affected) this.#wellSince.set(id, clock.now())
      return
    }
    const trouble: Trouble = { kind, ids: affected, since: clock.now(), isHarmless, heal: begun.heal }
    for (const id of affected) this.#troubles.set(id, trouble)
    this.#healing.set(
      trouble,
      clock.scheduleOutside(() => this.#end(trouble), lastsMs),
    )
  }

  /** Everything is well from now on. */
  healAll(): void {
    for (const trouble of this.troubled) this.#end(trouble)
  }

  #free(id: string): ScriptedEndpoint {
    this.#end(this.#troubles.get(id))
    return this.server(id)
  }

  #end(trouble: Trouble | undefined): void {
    if (trouble === undefined) return
    const { clock, onHealed } = this.#options
    this.#healing.get(trouble)?.cancel()
    this.#healing.delete(trouble)
    for (const id of trouble.ids) {
      this.#troubles.delete(id)
      if (!trouble.isHarmless) this.#wellSince.set(id, clock.now())
    }
    trouble.heal()
    onHealed(trouble.kind, trouble.ids)
  }
}
