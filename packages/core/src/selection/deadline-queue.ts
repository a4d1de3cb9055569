import type { Random } from '../runtime/random.ts'
import { diceOf } from './dice.ts'
import { weightedChoice } from './weighted-choice.ts'

/**
 * Serves indices in proportion to any positive weights, evenly spaced: the k-th turn of index i is due at
 * `(phase_i + k) / weight_i`, and the earliest due is next. A binary heap makes it O(log n) per choice; nothing is
 * allocated.
 *
 * The first index is drawn by weight and the other phases are uniform, which makes every single choice as likely as its
 * weight says, the first ones included. So rebuilding the queue often favours nobody.
 *
 * With whole weights, `period` is their sum: after so many choices the queue starts over, so that each index is served
 * exactly `weight_i` times in any `period` consecutive choices, whatever rounding does in the long run.
 *
 * Source: earliest-deadline-first scheduling, as in Envoy's weighted round robin.
 */
export const deadlineQueue = (
  weights: readonly number[],
  random: Random,
  period = Number.POSITIVE_INFINITY,
): (() => number) => {
  const size = weights.length
  const first = weightedChoice(weights, diceOf(random))()
  const phases = Float64Array.from(weights, (_, index) => (index === first ? 0 : random()))
  const turns = new Float64Array(size)
  const dueAt = new Float64Array(size)
  const heap = new Uint32Array(size)
  let served = 0

  const isBefore = (a: number, b: number): boolean => dueAt[a]! < dueAt[b]! || (dueAt[a]! === dueAt[b]! && a < b)

  const siftDown = (from: number): void => {
    const moving = heap[from]!
    let at = from
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && isBefore(heap[child + 1]!, heap[child]!)) child += 1
      if (!isBefore(heap[child]!, moving)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = moving
  }

  const startOver = (): void => {
    served = 0
    turns.fill(0)
    for (let index = 0; index < size; index += 1) {
      heap[index] = index
      dueAt[index] = phases[index]! / weights[index]!
    }
    for (let at = (size >> 1) - 1; at >= 0; at -= 1) siftDown(at)
  }

  startOver()
  return () => {
    const next = heap[0]!
    served += 1
    if (served === period) startOver()
    else {
      const turn = turns[next]! + 1
      turns[next] = turn
      dueAt[next] = (phases[next]! + turn) / weights[next]!
      siftDown(0)
    }
    return next
  }
}
