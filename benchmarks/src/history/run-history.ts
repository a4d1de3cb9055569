import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@redis-endpoint-failover/core/testing'
import { eventually } from '@redis-endpoint-failover/test-infra'
import {
  checkHistory,
  type HistoryFault,
  recordHistory,
  type ServerContent,
  type Write,
} from '@redis-endpoint-failover/testkit/history'
import type { ClientName, GroupSettings } from '../client/benchmark-client.ts'
import { createWorkClient } from '../client/work-client.ts'
import { FAULTS, type FaultName, planFaults } from './faults.ts'
import { readContent, sendWrite, startHistoryServers } from './servers.ts'

export interface HistoryOptions {
  readonly client: ClientName
  /** How many, or which. */
  readonly faults: number | readonly FaultName[]
  readonly seed: string
  readonly settings?: GroupSettings
  /** Called as each fault is over. */
  readonly onFault?: (name: FaultName, number: number) => void
}

export interface HistoryResult {
  readonly faults: readonly HistoryFault[]
  readonly writes: readonly Write[]
  readonly servers: readonly ServerContent[]
  /** What was done, in this order. */
  readonly done: readonly FaultName[]
  readonly switches: number
  readonly seconds: number
}

const WORKERS = 6
const BURST = 4
const SETTLE_TIMEOUT = 15_000

/** Writes through a transparent client while fault after fault is done to its endpoints, and checks what became of it. */
export const runHistory = async ({
  client: name,
  faults,
  seed,
  settings,
  onFault,
}: HistoryOptions): Promise<HistoryResult> => {
  const startedAt = performance.now()
  const random = seededRandom(seed)
  const servers = await startHistoryServers(WORKERS)
  const client = createWorkClient(name, servers.addresses, {
    preset: 'fast',
    failback: { mode: 'never' },
    drainTimeout: 1000,
    ...settings,
  })
  try {
    let switches = 0
    for (const event of ['failover', 'failback'] as const) client.group.on(event, () => switches++)
    await client.connect()
    const recorder = recordHistory({
      send: (...write) => sendWrite(client, servers, write),
      workers: WORKERS,
      burst: BURST,
      pauseMs: 10,
      sleep,
    })
    const bothUp = async (): Promise<void> => {
      await eventually(() => client.group.snapshot().endpoints.every(({ state }) => state === 'up'), {
        timeout: 20_000,
      })
      // New load before the next fault, with connections that are old enough to be trusted.
      await sleep(200 + random() * 100)
    }
    const done: FaultName[] = []
    for (const fault of typeof faults === 'number' ? planFaults(faults, random) : faults) {
      await bothUp()
      const active = servers.all.find(({ id }) => id === client.group.active) ?? servers.all[0]!
      const standby = servers.all.find((each) => each !== active)!
      await FAULTS[fault]({ active, standby, group: client.group, random })
      done.push(fault)
      onFault?.(fault, done.length)
    }
    await bothUp()
    const writes = await recorder.stop(SETTLE_TIMEOUT)
    await client.group.close()
    // A server may still hold bytes of connections that are long gone.
    await sleep(300)
    const contents = await Promise.all(
      servers.all.map((server) => readContent(server, servers, { workers: WORKERS, writes })),
    )
    const seconds = (performance.now() - startedAt) / 1000
    return { faults: checkHistory(writes, contents), writes, servers: contents, done, switches, seconds }
  } finally {
    await client.group.close()
    await servers.stop()
  }
}
