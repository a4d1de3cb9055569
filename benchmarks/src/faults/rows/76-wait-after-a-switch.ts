import { DurabilityUnknownError } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import type { Session } from '../../scenario/session.ts'
import { atMost, defineRow, nothing } from '../fault-row.ts'

const outcomeOfWait = (session: Session): Promise<unknown> =>
  session.send('WAIT', '0', '100').catch((error: unknown) => error)

export const waitAfterASwitch = defineRow({
  row: 76,
  title: 'WAIT after a switch',
  inject: 'SET, then the operator switches, or the active server is killed, then WAIT 0',
  expected: 'DurabilityUnknownError: no count from a server that did not get the write',
  measures: {
    counts: atMost(0, 'counts told that say nothing about the write'),
    wrongErrors: atMost(0, 'errors of another kind'),
  },
  seconds: 1.5,
  async run(run) {
    const { east, west } = await run.pair()
    const [switched, failedOver] = await Promise.all([run.connect({ east, west }), run.connect({ east, west })])
    for (const session of [switched, failedOver]) await session.client.set('written', 'yes')
    run.expect((await outcomeOfWait(switched)) === 0, 'Before a switch WAIT is not answered by its server.')
    await switched.client.set('written', 'again')
    await switched.group.switchTo('west')
    const outcomes = [await outcomeOfWait(switched)]
    await east.kill()
    await eventually(() => failedOver.group.active === 'west')
    outcomes.push(await outcomeOfWait(failedOver))
    const errors = outcomes.filter((outcome) => outcome instanceof Error)
    const unfit = errors.filter((error) => !(error instanceof DurabilityUnknownError))
    for (const error of unfit) run.expect(false, String(error))
    return { window: nothing, values: { counts: outcomes.length - errors.length, wrongErrors: unfit.length } }
  },
})
