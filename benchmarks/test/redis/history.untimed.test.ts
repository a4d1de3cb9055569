import { expect, test } from 'vitest'
import { clientNames } from '../../src/client/benchmark-client.ts'
import { FAULTS } from '../../src/history/faults.ts'
import { runHistory } from '../../src/history/run-history.ts'

// All kinds of faults once, or nearly; `pnpm history` does fifty. A failure names its seed: `pnpm history --seed S`.
const FEWER_FAULTS = Object.keys(FAULTS).length - 3

test.each(clientNames)(
  'a history of writes through faults shows none executed twice, and each acknowledged one where it was acknowledged: %s',
  async (client) => {
    const seed = `${client} ${Date.now()}`
    const { faults, writes, done } = await runHistory({ client, faults: FEWER_FAULTS, seed })
    const states = new Set(writes.map(({ outcome }) => outcome.state))
    expect(faults, `seed "${seed}": ${done.join(', ')}`).toEqual([])
    expect(done).toHaveLength(FEWER_FAULTS)
    // The faults have reached the writes, and not all of them.
    expect(states).toContain('ambiguous')
    expect(writes.filter(({ outcome }) => outcome.state === 'acknowledged').length).toBeGreaterThan(500)
  },
  60_000,
)

test('a client that repeats writes is found out', async () => {
  const { faults } = await runHistory({
    client: 'ioredis',
    faults: ['hang', 'late replies', 'switch away from a hanging endpoint'],
    seed: 'repeats',
    settings: { retry: { isIdempotent: () => true } },
  })
  expect(faults.map(({ kind }) => kind)).toContain('repeated')
}, 60_000)
