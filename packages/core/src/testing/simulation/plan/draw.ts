import type { Random } from '../../../runtime/random.ts'
import { seededRandom } from '../../seeded-random.ts'

/** Random choices of a simulation, repeatable by their seed. */
export class Draw {
  readonly random: Random

  constructor(seed: number | string) {
    this.random = seededRandom(seed)
  }

  chance(probability: number): boolean {
    return this.random() < probability
  }

  between(min: number, max: number): number {
    return min + this.random() * (max - min)
  }

  /** Both ends included. */
  integer(min: number, max: number): number {
    return Math.floor(this.between(min, max + 1))
  }

  /** @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('There is nothing to pick from.')
    return list[Math.floor(this.random() * list.length)] as T
  }

  /** Each of the list with that probability, at least one. */
  some<T>(list: readonly T[], probability: number): T[] {
    const chosen = list.filter(() => this.chance(probability))
    return chosen.length > 0 ? chosen : [this.pick(list)]
  }

  /** The time to the next of events that come independently of each other. */
  exponential(mean: number): number {
    return -Math.log(1 - this.random()) * mean
  }
}
