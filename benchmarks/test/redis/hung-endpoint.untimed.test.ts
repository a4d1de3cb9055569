import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../../src/child/bundle.ts'
import { clientNames, type GroupSettings } from '../../src/client/benchmark-client.ts'
import { type HungEndpointResult, runHungEndpoint } from '../../src/scenario/hung-endpoint-run.ts'
import { type ServerPair, startPair } from '../../src/scenario/server-pair.ts'

const HALF = 100_000
// 1.3 kB with ioredis and 1.7 kB with node-redis, as without us; 1.4 and 2.1 kB with a deadline.
const MAX_BYTES_PER_COMMAND = 4000
// One part in 25 of what the commands take, or less.
const MAX_BYTES_LEFT = 10_000_000
const AMBIGUOUS = 'AMBIGUOUS_RESULT, maybe executed'
// Handing over so many commands at once stalls our own loop, and after a stall a switch may be held back for a moment. What
// is to be repeated waits then, and all of it may.
const ROOM = { maxWaiting: HALF, selectionTimeout: 60_000 }
const TIMEOUT = 'COMMAND_TIMEOUT, maybe executed'

describe.each(clientNames)('200,000 commands to a hung endpoint, with %s,', (name) => {
  let servers: ServerPair
  let program: string
  beforeAll(async () => {
    ;[servers, program] = await Promise.all([startPair(), bundle('hung-endpoint')])
  })
  afterAll(async () => {
    await rm(program, { force: true })
    await servers.stop()
  })

  const run = async (settings: GroupSettings): Promise<HungEndpointResult> => {
    const result = await runHungEndpoint(program, servers, { name, reads: HALF, writes: HALF, settings })
    console.log(`${name}: ${result.bytesPerCommand} bytes per command in flight, ${result.bytesLeft} left at the end`)
    // Otherwise this would not be the memory of all of them.
    expect(result.settledAtPeak).toBe(0)
    expect(result.bytesPerCommand).toBeLessThan(MAX_BYTES_PER_COMMAND)
    expect(result.bytesLeft).toBeLessThan(MAX_BYTES_LEFT)
    expect(result.active).toBe('west')
    return result
  }

  test('without deadlines: the other endpoint answers the reads, the writes end as ambiguous, memory comes back', async () => {
    const { reads, writes } = await run({ preset: 'fast', ...ROOM })
    expect(reads).toEqual({ answered: HALF })
    expect(writes).toEqual({ [AMBIGUOUS]: HALF })
  })

  test('with a deadline: what it has not ended when the endpoint is left ends as without one, memory comes back', async () => {
    const { reads, writes } = await run({ preset: 'fast', commandTimeout: 100, ...ROOM })
    const { answered = 0, COMMAND_TIMEOUT: readsInTime = 0, ...otherReads } = reads
    const { [AMBIGUOUS]: ambiguous = 0, [TIMEOUT]: writesInTime = 0, ...otherWrites } = writes
    expect(otherReads).toEqual({})
    expect(otherWrites).toEqual({})
    expect(answered + readsInTime).toBe(HALF)
    expect(ambiguous + writesInTime).toBe(HALF)
    expect(readsInTime).toBeGreaterThan(0)
    expect(writesInTime).toBeGreaterThan(0)
  })
})
