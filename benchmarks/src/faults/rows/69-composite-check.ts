import { setTimeout as sleep } from 'node:timers/promises'
import { composite, type HealthCheckContext, healthy, ping } from '@redis-endpoint-failover/core'
import { failed } from '@redis-endpoint-failover/testkit/load'
import { detection } from '../detection.ts'
import { atMost, defineRow, time } from '../fault-row.ts'
import { downsSince, firstDown, msUntil } from '../what-followed.ts'

type Trouble = 'none' | 'hangs' | 'throws at once' | 'throws later'

/** Less than the whole probe may take. */
const childMs = 200

/** A child that begins to misbehave for one endpoint when told to. */
function child() {
  const now = { trouble: 'none' as Trouble }
  const check = ({ endpoint }: HealthCheckContext) => {
    if (endpoint.id !== 'east' || now.trouble === 'none') return healthy()
    if (now.trouble === 'throws at once') throw new Error('a child that throws')
    return now.trouble === 'hangs' ? new Promise<never>(() => undefined) : Promise.reject(new Error('later'))
  }
  return { now, check: { name: 'child', timeout: childMs, check } }
}

export const compositeCheck = defineRow({
  row: 69,
  title: 'A child of a composite check misbehaves',
  inject:
    'one child never settles, throws at once, or rejects: with policy all (no commands), and with policy any beside ping() (20 reads and 5 INCRs a second)',
  expected: 'it has failed, at its own time-out: strikes with all, nothing at all with any; no command fails',
  measures: {
    downAfter: time('all: the last one DOWN after', detection.idle),
    downs: atMost(0, 'any: endpoints called DOWN'),
    failedCommands: atMost(0, 'commands failed'),
    errors: atMost(0, 'error events'),
  },
  seconds: 6,
  async run(run) {
    const { east, west } = await run.pair()
    const cases = (['hangs', 'throws at once', 'throws later'] as const).map((trouble) => ({ trouble, ...child() }))
    const connect = (policy: 'all' | 'any', check: ReturnType<typeof child>['check']) =>
      run.connect({ east, west }, { health: { check: composite({ policy, checks: [ping(), check] }) } })
    const strict = await Promise.all(cases.map(({ check }) => connect('all', check)))
    const lenient = await Promise.all(cases.map(({ check }) => connect('any', check)))
    // The strict ones without commands: replies to them would speak against a check of liveness that only fails to answer.
    const loads = lenient.map((session) => run.traffic(session, { reads: 20, incrs: 5 }))
    await sleep(run.share * 1000)
    const from = performance.now()
    for (const { now, trouble } of cases) now.trouble = trouble
    await sleep(detection.idle + 1000)
    const reports = await Promise.all(loads.map((load) => load.stop()))
    return {
      window: { from, to: from + detection.idle },
      values: {
        downAfter: Math.max(...strict.map((session) => msUntil(firstDown(session, from), from))),
        downs: lenient.reduce((sum, session) => sum + downsSince(session, from), 0),
        failedCommands: reports.reduce((sum, { reads, incrs }) => sum + failed([...reads, ...incrs]).length, 0),
        errors: [...strict, ...lenient].reduce((sum, session) => sum + session.eventsSince('error', from).length, 0),
      },
    }
  },
})
