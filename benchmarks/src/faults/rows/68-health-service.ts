import { createServer, type RequestListener } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HealthCheck, healthy, http } from '@redis-endpoint-failover/core'
import { detection, oneProbeMs } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import type { FaultRun } from '../fault-run.ts'
import { firstDown, msUntil } from '../what-followed.ts'

const faults: Readonly<Record<string, RequestListener>> = {
  '500': (_, response) => response.writeHead(500).end(),
  '302': (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  'no answer': () => undefined,
  'half an answer': (_, response) => void response.writeHead(200, { 'content-length': 100 }).write('half'),
}

/** A client whose preferred endpoint is judged by a service of its own, which begins to fail when told to. */
async function judgedClient(run: FaultRun, fault: RequestListener) {
  let answer: RequestListener = (_, response) => response.end('fine')
  const server = createServer((request, response) => answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  run.undo(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as { port: number }
  const asked = http({ url: `http://127.0.0.1:${port}/`, expectBody: () => true })
  const check: HealthCheck = {
    ...asked,
    check: (context) => (context.endpoint.id === 'east' ? asked.check(context) : healthy()),
  }
  const { east, west } = await run.pair()
  const session = await run.connect({ east, west }, { health: { check } })
  // Without commands: replies to them would speak against a check of liveness that only times out.
  const fail = (): void => {
    answer = fault
  }
  return { session, fail }
}

export const healthService = defineRow({
  row: 68,
  title: 'Health service in trouble',
  inject: 'the service that http() asks answers 500, 302, nothing, or half an answer: an idle client of each',
  expected: '500 and 302 are a no, at once; what is not answered in time is one strike each time',
  measures: {
    refusedAfter: time('500 and 302: DOWN after', oneProbeMs),
    silentAfter: time('no answer, half an answer: DOWN after', detection.idle),
    switches: atMost(0, 'clients not on the other endpoint'),
  },
  seconds: 6.5,
  async run(run) {
    const clients = await Promise.all(Object.values(faults).map((fault) => judgedClient(run, fault)))
    await sleep(run.share * 1000)
    const from = performance.now()
    for (const { fail } of clients) fail()
    await sleep(detection.idle + 1000)
    const after = clients.map(({ session }) => msUntil(firstDown(session, from), from))
    return {
      window: { from, to: from + detection.idle },
      values: {
        refusedAfter: Math.max(...after.slice(0, 2)),
        silentAfter: Math.max(...after.slice(2)),
        switches: clients.filter(({ session }) => session.group.active !== 'west').length,
      },
    }
  },
})
