// Takes all file descriptors that this process may have, while its client works. Run by row 45 of the fault matrix.
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address, ClientName } from '../client/benchmark-client.ts'
import { loadClient } from '../client/index.ts'

const {
  client: name,
  addresses,
  holdMs,
  readsEveryMs,
} = JSON.parse(process.argv[2] ?? '{}') as {
  client: ClientName
  addresses: Address[]
  holdMs: number
  readsEveryMs: number
}
const counts = { switches: 0, downs: 0, suspected: 0, observerSuspect: 0, failedReads: 0, reads: 0 }
const { client, group, connect, close } = (await loadClient(name)).createRouted(addresses, {
  // So that new connections are wanted while there can be none.
  health: { freshProbeInterval: 500 },
})
for (const event of ['failover', 'failback', 'deactivated'] as const) group.on(event, () => counts.switches++)
group.on('observer-suspect', () => counts.observerSuspect++)
group.on('health-changed', ({ to }) => {
  if (to === 'down') counts.downs++
  if (to === 'suspect') counts.suspected++
})
await connect()
await sleep(500)
const reading = setInterval(() => {
  counts.reads++
  client.get('key').catch(() => counts.failedReads++)
}, readsEveryMs)
const taken: number[] = []
/** Also those that others give back meanwhile. */
const takeAll = (): void => {
  for (;;)
    try {
      taken.push(openSync('/dev/null', 'r'))
    } catch {
      return
    }
}
takeAll()
const taking = setInterval(takeAll, 20)
await sleep(holdMs)
clearInterval(taking)
for (const file of taken) closeSync(file)
const openedBefore = group.history().filter(({ type }) => type === 'connection-opened').length
await sleep(2000)
clearInterval(reading)
const openedAfter = group.history().filter(({ type }) => type === 'connection-opened').length - openedBefore
await close()
console.log(JSON.stringify({ ...counts, taken: taken.length, openedAfter }))
