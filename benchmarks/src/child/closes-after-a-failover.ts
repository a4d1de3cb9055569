// Uses the client, survives a failover, closes, and leaves it to Node to end the process. Run by the figure `close`.

import type { Address, ClientName } from '../client/benchmark-client.ts'
import { loadClient } from '../client/index.ts'

const [name, addresses] = JSON.parse(process.argv[2] ?? '[]') as [ClientName, Address[]]

/** Says one line to the parent; the first one opens the pipe, which then belongs to what was there before. */
const say = (message: object): void => console.log(JSON.stringify(message))

say({ said: 'here' })
const before = process.getActiveResourcesInfo()
const { client, group, connect, close } = (await loadClient(name)).createRouted(addresses)
const failover = new Promise<void>((resolve) => group.on('failover', () => resolve()))
await connect()
let running = true
const work = (async () => {
  while (running) await Promise.allSettled([client.get('key'), client.get('other'), client.incr('count')])
})()
setTimeout(() => say({ said: 'working' }), 100)
await failover
await client.get('key')
running = false
await work
await close()
// A destroyed socket gives its handle back at the end of the turn of the event loop: the second one begins afterwards.
for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
const left = process.getActiveResourcesInfo()
for (const resource of before) {
  const index = left.indexOf(resource)
  if (index >= 0) left.splice(index, 1)
}
say({ said: 'closed', left })
