// Hands many commands to a client whose endpoint has just hung, and tells what became of them and of the memory.
// Needs --expose-gc. Run by `runHungEndpoint`.
import { setTimeout as sleep } from 'node:timers/promises'
import { loadClient } from '../client/index.ts'
import type { Ends, HungEndpointRequest, HungEndpointResult } from '../scenario/hung-endpoint-run.ts'

const { name, addresses, reads, writes, settings } = JSON.parse(process.argv[2] ?? '{}') as HungEndpointRequest

// As long as there is more, it is worth waiting.
const enoughBack = 5_000_000

const tell = (message: object): void => void process.send?.(message)

/** What is held now, the buffers of sockets included. */
const held = (): number => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Counts how promises end, without keeping them. */
const counter = () => {
  const ends: Record<string, number> = {}
  const count = (end: string): void => {
    ends[end] = (ends[end] ?? 0) + 1
    settled++
  }
  return {
    ends: ends as Ends,
    add: (promise: Promise<unknown>): void =>
      void promise.then(
        () => count('answered'),
        (error: { code?: string; maybeExecuted?: boolean }) =>
          count(`${error.code}${error.maybeExecuted === true ? ', maybe executed' : ''}`),
      ),
  }
}

let settled = 0
const { client, group, connect, close } = (await loadClient(name)).createRouted(addresses, settings)
await connect()
// What is compiled and cached once is no memory of the commands. A busy machine may let some of them miss a deadline.
for (let turn = 0; turn < 50; turn++)
  await Promise.allSettled(
    Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? client.get('key') : client.incr('warm'))),
  )
const left = new Promise<void>((resolve) => group.on('failover', () => resolve()))
const before = held()
const paused = new Promise((resolve) => process.once('message', resolve))
tell({ said: 'ready' })
await paused

const read = counter()
const written = counter()
const total = reads + writes
const turns = Math.max(reads, writes)
for (let i = 0; i < turns; i++) {
  if (i < reads) read.add(client.get('key'))
  if (i < writes) written.add(client.incr('count'))
}
const settledAtPeak = settled
const peak = held()
await left
while (settled < total) await sleep(20)
// A connection that was left gives its queue and its socket back a little later.
let after = held()
for (let turn = 0; turn < 30 && after - before > enoughBack; turn++) {
  await sleep(100)
  after = held()
}
const result: HungEndpointResult = {
  reads: read.ends,
  writes: written.ends,
  settledAtPeak,
  bytesPerCommand: Math.round((peak - before) / total),
  bytesLeft: after - before,
  active: group.active,
}
tell({ said: 'done', result })
await close()
process.disconnect()
