// Measures what a group costs that has nothing to do. Prints one line of JSON. Needs --expose-gc.
import { setTimeout as sleep } from 'node:timers/promises'
import { loadClient } from '../client/index.ts'
import type { IdleRequest, IdleResult } from '../scenario/idle-run.ts'

const { client, addresses, clients, settleMs, windowMs } = JSON.parse(process.argv[2] ?? '{}') as IdleRequest
const library = await loadClient(client)

const memory = (): { held: number; resident: number } => {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { held: heapUsed + external, resident: rss }
}
const socketsOf = (resources: readonly string[]): number => resources.filter((name) => name === 'TCPSocketWrap').length

// Code that is loaded and compiled is no memory of endpoints.
const warm = library.createRouted(addresses.slice(0, 1))
await warm.connect()
await warm.client.get('value')
await sleep(500)
await warm.close()
await sleep(500)
const before = memory()
const startedAt = performance.now()
let probes = 0
let close: () => Promise<unknown>
let isUp: () => boolean

if (clients === 'bare') {
  const all = addresses.map((address) => library.createBare(address))
  for (const { connect } of all) await connect()
  isUp = () => true
  close = () => Promise.all(all.map((one) => one.close()))
} else {
  const routed = library.createRouted(addresses)
  const { group } = routed
  group.on('check-succeeded', () => void probes++)
  await routed.connect()
  isUp = () => group.snapshot().endpoints.every(({ state }) => state === 'up')
  const others = Array.from({ length: clients - 1 }, () => routed.another())
  for (const other of others) await other.connect()
  close = () => Promise.all([routed.close(), ...others.map((other) => other.close().catch(() => {}))])
}
while (!isUp()) await sleep(50)
const startMs = performance.now() - startedAt
await sleep(settleMs)
const probesBefore = probes
const cpuBefore = process.cpuUsage()
const from = performance.now()
await sleep(windowMs)
const tookMs = performance.now() - from
const { user, system } = process.cpuUsage(cpuBefore)
const probesPerSecond = ((probes - probesBefore) / tookMs) * 1000
const after = memory()
const result: IdleResult = {
  client,
  endpoints: addresses.length,
  clients,
  cpuShare: (user + system) / 1000 / tookMs,
  heldBytes: after.held - before.held,
  residentBytes: after.resident - before.resident,
  probesPerSecond,
  startMs,
  sockets: socketsOf(process.getActiveResourcesInfo()),
}
console.log(JSON.stringify(result))
await Promise.race([close(), sleep(2000)])
process.exit()
