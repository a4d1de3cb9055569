// BullMQ on a primary and its replica: the primary is lost under a queue at work, and every job is done all the same.
// `example bullmq hang` lets it hang instead, `example bullmq maintenance` changes the roles without losing anything.
import { setTimeout as sleep } from 'node:timers/promises'
import { createFailoverClient, ping, role } from '@redis-endpoint-failover/ioredis'
import { Queue, QueueEvents, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { eastIsLost, type Loss, startPrimaryAndReplica } from './infra/primary-and-replica.ts'

const loss = (process.argv[3] ?? 'crash') as Loss
const { east, west } = await startPrimaryAndReplica()

const { client, group } = createFailoverClient({
  Redis,
  clientOptions: { maxRetriesPerRequest: null }, // BullMQ asks for it; commands wait for `selectionTimeout`
  selectionTimeout: 30_000, // longer than a promotion takes
  health: { check: [ping(), role()] }, // a replica is no place for a queue; once promoted, it is
  failback: { mode: 'manual' }, // who was away lacks what was written meanwhile: an operator decides about the way back
  retry: {
    // BullMQ's scripts look at the state of a job first, and expect to be sent again: ioredis does so, too.
    isIdempotent: ([name]) => /^eval/i.test(String(name)),
    attempts: 10, // a server that has just become a replica refuses writes until the check has seen its new role
  },
  endpoints: [
    { id: 'east', weight: 2, options: { host: east.host, port: east.port } },
    { id: 'west', weight: 1, options: { host: west.host, port: west.port } },
  ],
})
group.on('failover', ({ from, to, reason }) => console.log(`failover: ${from} -> ${to} (${reason})`))

const queue = new Queue<{ to: number }>('mails', { connection: client })
const runs = new Map<string, number>()
const repeatedByBullMq = new Set<string>()
const worker = new Worker<{ to: number }>(
  'mails',
  async ({ id = '' }) => {
    await sleep(5)
    runs.set(id, (runs.get(id) ?? 0) + 1)
    return `sent by ${group.active}`
  },
  // Times of an example; the defaults are 30 s. Whose lock has run out is given to a worker again.
  { connection: client, concurrency: 5, lockDuration: 3000, stalledInterval: 500 },
)
worker.on('stalled', (id) => repeatedByBullMq.add(id))
// Without a listener, the process would end. What is told here, the worker gets over by itself.
const complaints: Error[] = []
const events = new QueueEvents('mails', { connection: client })
events.on('error', (error) => complaints.push(error))
queue.on('error', (error) => complaints.push(error))
worker.on('error', (error) => complaints.push(error))

const acknowledged: string[] = []
/** The id is the application's own, so that to add a job twice is to add it once. */
async function add(i: number): Promise<void> {
  const jobId = `mail-${i}`
  await queue.add('send', { to: i }, { jobId })
  acknowledged.push(jobId)
}

for (let i = 0; i < 100; i++) await add(i)
console.log(`${acknowledged.length} jobs were added; then east is lost: ${loss}`)
const lost = eastIsLost(loss, { east, west })
for (let i = 100; i < 200; i++) {
  await add(i)
  await sleep(5)
}
await lost

// Replication is asynchronous: what east acknowledged last may never have reached west.
const missing: string[] = []
for (const id of acknowledged) if ((await queue.getJob(id)) === undefined) missing.push(id)
for (const jobId of missing) await queue.add('send', { to: Number(jobId.slice(5)) }, { jobId })

while ((await queue.getCompletedCount()) < acknowledged.length) await sleep(20)
const again = [...runs].filter(([, times]) => times > 1).map(([id]) => id)
const unexplained = again.filter((id) => !repeatedByBullMq.has(id) && !missing.includes(id))
console.log(`${acknowledged.length} jobs were acknowledged; ${missing.length} of them did not reach west before`)
console.log(`${runs.size} jobs ran, ${again.length} of them twice, ${unexplained.length} without BullMQ's own reasons`)
console.log(
  `jobs on ${group.active}: ${JSON.stringify(await queue.getJobCounts('completed', 'failed', 'active', 'wait'))}`,
)

const last = await queue.add('send', { to: 200 }, { jobId: 'mail-200' })
console.log(`who waits for a job is told its result: ${await last.waitUntilFinished(events, 10_000)}`)

const told = complaints.length
await worker.close()
await events.close()
await queue.close()
await group.close()
console.log(`errors told on closing: ${complaints.length - told}`)
