import { beforeAll, describe, expect, test } from 'vitest'
import { withChild } from '../../src/child/run-child.ts'
import {
  type SelectionRequest,
  type SelectionResult,
  selectionNodeOptions,
  strategyNames,
} from '../../src/scenario/selection-run.ts'

// A guard against getting slower, not the promise: that is `bench selection`. A machine that is busy with other things
// makes a choice several times slower, and never makes it allocate.
const MAX_CHOICE_NS = 3000
const MAX_GROWTH = 5
const UNMEASURABLE_NS = 50
const MAX_BYTES = 1

const SIZES = [2, 100]
const EFFORT = { rounds: 9, choicesPerRound: 50_000, changesPerRound: 1 }

describe('a choice, in short', () => {
  const results: SelectionResult[] = []

  beforeAll(async () => {
    await withChild('selection', async (run) => {
      for (const strategy of strategyNames) {
        const request: SelectionRequest = { strategy, sizes: SIZES, ...EFFORT }
        results.push(...(await run<SelectionResult[]>(request, { nodeOptions: selectionNodeOptions })))
      }
    })
  }, 120_000)

  test.each(strategyNames)(
    '%s is quick, hardly slower among 100 endpoints than among 2, and allocates nothing',
    (strategy) => {
      const [few, many] = results.filter((result) => result.strategy === strategy)
      expect(few?.endpoints).toBe(2)
      expect(many?.endpoints).toBe(100)
      expect(few?.fastestChoiceNs).toBeLessThan(MAX_CHOICE_NS)
      expect(many?.fastestChoiceNs).toBeLessThan(MAX_GROWTH * Math.max(few!.fastestChoiceNs, UNMEASURABLE_NS))
      expect(few?.bytesPerChoice).toBeLessThan(MAX_BYTES)
      expect(many?.bytesPerChoice).toBeLessThan(MAX_BYTES)
    },
  )
})
