// Hands many commands to the bare client of a server that has just hung, and tells what they hold. Needs --expose-gc.
import { loadClient } from '../client/index.ts'
import type { HungEndpointRequest } from '../scenario/hung-endpoint-run.ts'

const { name, addresses, reads, writes } = JSON.parse(process.argv[2] ?? '{}') as HungEndpointRequest

const held = (): number => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
const { client, connect } = (await loadClient(name)).createBare(addresses[0]!)
await connect()
for (let turn = 0; turn < 50; turn++)
  await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? client.get('key') : client.incr('warm'))))
const before = held()
const paused = new Promise((resolve) => process.once('message', resolve))
process.send?.({ said: 'ready' })
await paused
const forget = (): void => {}
for (let i = 0; i < Math.max(reads, writes); i++) {
  if (i < reads) void client.get('key').then(forget, forget)
  if (i < writes) void client.incr('count').then(forget, forget)
}
const bytesPerCommand = Math.round((held() - before) / (reads + writes))
process.send?.({ said: 'done', result: { bytesPerCommand } }, () => process.exit())
