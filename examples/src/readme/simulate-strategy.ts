import type { SelectionStrategy } from '@redis-endpoint-failover/core'
import { simulate } from '@redis-endpoint-failover/core/testing'

const lightestFirst: SelectionStrategy = (candidates) => candidates.at(-1)

for (let seed = 0; seed < 100; seed += 1) {
  const { violations, log } = await simulate({
    seed,
    minutes: 5,
    group: {
      endpoints: [
        { id: 'east', weight: 2, options: {} },
        { id: 'west', weight: 1, options: {} },
      ],
      selection: lightestFirst,
    },
    faults: ['crashed', 'hung', 'slow'],
    traffic: ['set', 'get'],
    operations: [],
    hostilities: [],
  })
  if (violations.length > 0) throw new Error([...log, JSON.stringify(violations)].join('\n'))
}
