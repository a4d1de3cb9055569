import type { Endpoint } from '../endpoint/endpoint.ts'
import { StrategyError } from '../errors.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Random } from '../runtime/random.ts'
import { asPrepared } from './prepared-strategy.ts'
import type { Operation, Picker, PreparedStrategy, SelectionContext, SelectionStrategy } from './selection-strategy.ts'

export interface StrategyRunnerOptions {
  readonly strategy: SelectionStrategy
  readonly zone: string | undefined
  readonly clock: Clock
  readonly random: Random
  /** A strategy misbehaved; told once until it behaves again. */
  readonly onError: (error: StrategyError) => void
}

/** Asks the user's strategy, and survives whatever it does: what it answers is followed only if it is a candidate. */
export class StrategyRunner {
  readonly name: string
  readonly mode: 'sticky' | 'spread'
  readonly #strategy: PreparedStrategy
  readonly #options: StrategyRunnerOptions
  #reported: string | undefined

  constructor(options: StrategyRunnerOptions) {
    this.#options = options
    this.#strategy = asPrepared(options.strategy)
    this.name = this.#strategy.name ?? 'custom'
    this.mode = this.#strategy.mode
  }

  /** One choice now. Falls back to the active endpoint, or else to the preferred one, if the strategy misbehaves. */
  choose(
    candidates: readonly Endpoint[],
    active: Endpoint | undefined,
    operation: Operation = 'write',
    context: Partial<SelectionContext> = {},
  ): Endpoint | undefined {
    const fallback = candidates.find((candidate) => candidate.id === active?.id) ?? candidates[0]
    return this.#guarded(inOrder(candidates), this.#prepare(candidates, active, operation, context), fallback)
  }

  /** A guarded picker for these candidates, to be asked for each command. */
  prepare(
    candidates: readonly Endpoint[],
    active: Endpoint | undefined,
    operation: Operation,
    context: Partial<SelectionContext> = {},
  ): Picker {
    const picker = this.#prepare(candidates, active, operation, context)
    const allowed = inOrder(candidates)
    return () => this.#guarded(allowed, picker, candidates[0])
  }

  #prepare(
    candidates: readonly Endpoint[],
    active: Endpoint | undefined,
    operation: Operation,
    over: Partial<SelectionContext>,
  ): Picker {
    const { zone, random, clock } = this.#options
    const context: SelectionContext = {
      operation,
      active: candidates.find((candidate) => candidate.id === active?.id),
      preferred: candidates[0],
      zone,
      now: clock.now(),
      random,
      ...over,
    }
    try {
      return this.#strategy.prepare(candidates, context)
    } catch (error) {
      return () => {
        throw error
      }
    }
  }

  #guarded(
    allowed: readonly (Endpoint | undefined)[],
    picker: Picker,
    fallback: Endpoint | undefined,
  ): Endpoint | undefined {
    try {
      const picked = picker()
      if (picked === undefined) return undefined
      // Whatever it is: it need not be an endpoint.
      if (picked !== null && allowed[picked.order] === picked) {
        this.#reported = undefined
        return picked
      }
      this.#report(
        `The selection strategy "${this.name}" returned something that is not one of its candidates. It was not followed.`,
      )
    } catch (error) {
      this.#report(`The selection strategy "${this.name}" threw. Its choice was replaced.`, error)
    }
    return fallback
  }

  #report(message: string, cause?: unknown): void {
    const signature = `${message}${cause instanceof Error ? cause.message : ''}`
    if (signature === this.#reported) return
    this.#reported = signature
    this.#options.onError(new StrategyError(message, cause === undefined ? {} : { cause }))
  }
}

/** By their position in configuration order: looked up for each command, faster than in a Set or a Map. */
const inOrder = (candidates: readonly Endpoint[]): readonly (Endpoint | undefined)[] => {
  const all: (Endpoint | undefined)[] = []
  for (const candidate of candidates) all[candidate.order] = candidate
  return all
}
