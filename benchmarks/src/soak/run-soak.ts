import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@redis-endpoint-failover/core/testing'
import { eventually, startProxy, startServers } from '@redis-endpoint-failover/test-infra'
import type { ClientName } from '../client/benchmark-client.ts'
import { createWorkClient } from '../client/work-client.ts'
import type { HistoryServer } from '../history/servers.ts'
import { judgeLevel, type LevelVerdict } from './levels-off.ts'
import { emptySamples, type Samples, SERIES, type SeriesName, takeSample } from './sample.ts'
import { drawFault, SOAK_FAULTS } from './soak-faults.ts'
import { SoakLoad, type WriteAudit } from './soak-load.ts'

export interface SoakOptions {
  readonly client: ClientName
  readonly seconds: number
  readonly seed: string
  /** Do nothing to the servers. */
  readonly calm?: boolean
  /** Milliseconds between samples. */
  readonly sampleEvery?: number
  readonly onFault?: (name: string, count: number) => void
}

export interface SoakResult {
  readonly samples: Samples
  readonly levels: Readonly<Record<SeriesName, LevelVerdict>>
  readonly audit: WriteAudit
  readonly faults: ReadonlyMap<string, number>
  readonly errors: ReadonlyMap<string, number>
  readonly counts: {
    readonly reads: number
    readonly messages: number
    readonly leases: number
    readonly popped: number
  }
  readonly switches: number
  /** How often an endpoint went DOWN. */
  readonly downs: number
  /** What the group reported of its own insides. */
  readonly groupErrors: number
}

const RATES = { readsPerSecond: 100, writesPerSecond: 25 }

/** Fault after fault under steady work of every kind, while what a leak would show in is looked at. */
export const runSoak = async (options: SoakOptions): Promise<SoakResult> => {
  const { seconds, seed, calm = false, sampleEvery = 1000 } = options
  const random = seededRandom(seed)
  const servers = await startServers(['east', 'west', 'spare'], { args: { appendonly: 'yes', appendfsync: 'no' } })
  const all = await Promise.all(
    servers.map(
      async (server): Promise<HistoryServer> => ({
        id: server.name,
        server,
        proxy: await startProxy({ target: server }),
      }),
    ),
  )
  const spare = all[2]!
  const client = createWorkClient(
    options.client,
    all.slice(0, 2).map(({ id, proxy }) => ({ id, host: proxy.host, port: proxy.port })),
    { preset: calm ? 'default' : 'fast', failback: { mode: 'never' }, drainTimeout: 500, historySize: 200 },
  )
  const counted = { switches: 0, downs: 0, groupErrors: 0 }
  const faults = new Map<string, number>()
  const samples = emptySamples()
  const load = new SoakLoad(client, RATES, seconds)
  try {
    await client.connect()
    await load.start()
    for (const event of ['failover', 'failback', 'deactivated'] as const)
      client.group.on(event, () => counted.switches++)
    client.group.on('health-changed', ({ to }) => {
      if (to === 'down') counted.downs++
    })
    client.group.on('error', () => counted.groupErrors++)
    const startedAt = performance.now()
    const elapsed = (): number => (performance.now() - startedAt) / 1000
    const sampling = (async () => {
      while (elapsed() < seconds) {
        const sample = takeSample([client.emitter])
        for (const name of Object.keys(SERIES) as SeriesName[])
          samples[name].push({ at: elapsed(), value: sample[name] })
        await sleep(sampleEvery)
      }
    })()
    while (!calm && elapsed() < seconds) {
      await eventually(() => client.group.snapshot().endpoints.every(({ state }) => state === 'up'), {
        timeout: 30_000,
      })
      await sleep(100 + random() * 300)
      const active = all.find(({ id }) => id === client.group.active) ?? all[0]!
      const standby = all.slice(0, 2).find((each) => each !== active)!
      const name = drawFault(random)
      const done = await injected(name, () =>
        SOAK_FAULTS[name]!({ active, standby, spare, client, group: client.group as never, random }),
      )
      if (done !== name) await repaired(active)
      faults.set(done, (faults.get(done) ?? 0) + 1)
      options.onFault?.(
        name,
        [...faults.values()].reduce((sum, count) => sum + count, 0),
      )
    }
    await sampling
    await load.stop(15_000)
    await client.group.close()
    // A server may still hold bytes of connections that are long gone.
    await sleep(300)
    const audit = await load.audit(servers)
    const levels = Object.fromEntries(
      Object.entries(SERIES).map(([name, { rule }]) => [name, judgeLevel(samples[name as SeriesName], rule)]),
    ) as Record<SeriesName, LevelVerdict>
    const { reads, messages, leases, popped, errors } = load
    return { samples, levels, audit, faults, errors, counts: { reads, messages, leases, popped }, ...counted }
  } finally {
    await client.group.close()
    await Promise.all(all.flatMap(({ server, proxy }) => [server.stop(), proxy.close()]))
  }
}

/** Whether nothing was lost, repeated or left open, nothing grew, and in a calm run nothing was switched. */
export const verdictOf = ({ levels, audit, switches, downs, groupErrors }: SoakResult, calm: boolean): string[] => {
  const bad: string[] = []
  for (const [name, { levelsOff, why }] of Object.entries(levels)) if (!levelsOff) bad.push(`${name}: ${why}`)
  for (const name of ['repeated', 'lost', 'denied', 'unsettled'] as const)
    if (audit[name] > 0) bad.push(`${audit[name]} writes or reads ${name}`)
  if (groupErrors > 0) bad.push(`${groupErrors} error events`)
  if (calm && switches + downs > 0) bad.push(`${switches} switches and ${downs} DOWN although nothing failed`)
  return bad
}

/** A server that this machine gives no time may not answer whoever breaks it: that ends no soak, and is told. */
const injected = async (name: string, inject: () => Promise<void>): Promise<string> => {
  try {
    await inject()
    return name
  } catch (error) {
    return `${name} not done (${error instanceof Error ? error.message : 'unknown error'})`
  }
}

const repaired = async ({ server, proxy }: HistoryServer): Promise<void> => {
  if (server.isRunning) await server.resume()
  else await server.restart()
  await proxy.clearFaults()
}
