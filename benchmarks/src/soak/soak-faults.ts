import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '@redis-endpoint-failover/core'
import type { WorkClient } from '../client/work-client.ts'
import { FAULTS, type FaultContext } from '../history/faults.ts'
import type { HistoryServer } from '../history/servers.ts'

interface SoakContext extends FaultContext {
  readonly client: WorkClient
  /** A server that is an endpoint only now and then. */
  readonly spare: HistoryServer
}

/** What is done to a group in a soak, over and over: the faults of a history, and what concerns links and endpoints. */
export const SOAK_FAULTS: Readonly<Record<string, (context: SoakContext) => Promise<void>>> = {
  ...FAULTS,

  async 'slow link'({ active: { proxy }, random }) {
    await proxy.setFaults({ latency: { min: 20, max: 150 + random() * 100 } })
    await sleep(1500)
    await proxy.clearFaults()
  },

  async 'blackholed link'({ active: { proxy } }) {
    await proxy.setFaults({ blackhole: true })
    await sleep(2000)
    await proxy.clearFaults()
    proxy.resetConnections()
  },

  async 'endpoint added and removed'({ client, spare }) {
    await client.add({ id: spare.id, host: spare.proxy.host, port: spare.proxy.port })
    await sleep(600)
    await client.group.remove(spare.id)
  },

  async 'preferred endpoint removed and added again'({ client, standby }) {
    const { id, proxy } = standby
    await client.group.remove(id)
    await sleep(200)
    await client.add({ id, host: proxy.host, port: proxy.port })
  },
}

/** The next fault: drawn anew each time, so that they also follow each other twice. */
export const drawFault = (random: Random): string => {
  const names = Object.keys(SOAK_FAULTS)
  return names[Math.floor(random() * names.length)]!
}
