// One client process of a herd: uses its client until its standard input ends. Run by row 58 of the fault matrix.
import type { Address, ClientName } from '../client/benchmark-client.ts'
import { loadClient } from '../client/index.ts'

const [name, addresses] = JSON.parse(process.argv[2] ?? '[]') as [ClientName, Address[]]
const say = (said: string): void => console.log(JSON.stringify({ said, at: Date.now() }))

const { client, group, connect, close } = (await loadClient(name)).createRouted(addresses)
const preferred = addresses[0]!.id
group.on('health-changed', ({ endpointId, to }) => {
  if (endpointId === preferred) say(to)
})
await connect()
const reading = setInterval(() => void client.get('key').catch(() => undefined), 50)
say('ready')
process.stdin.resume()
process.stdin.once('end', () => {
  clearInterval(reading)
  void close().then(() => process.exit())
})
