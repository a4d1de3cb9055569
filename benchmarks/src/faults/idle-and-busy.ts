import { setTimeout as sleep } from 'node:timers/promises'
import { failed } from '@redis-endpoint-failover/testkit/load'
import type { Session } from '../scenario/session.ts'
import { detection } from './detection.ts'
import { atMost, time } from './fault-row.ts'
import type { EndpointTarget, FaultRun } from './fault-run.ts'
import { switchesBeyondOne } from './what-followed.ts'

const patienceMs = 8000

/** Two clients of the same endpoints, both connected: one idle, and one with 200 reads and 50 INCRs a second. */
export async function idleAndBusy(run: FaultRun, endpoints: Readonly<Record<string, EndpointTarget>>) {
  const [idle, busy] = await Promise.all([run.connect(endpoints), run.connect(endpoints)])
  const traffic = run.traffic(busy)
  await sleep(100 + run.share * 1000)
  return { idle, busy, traffic }
}

/** Does the fault, whose moment `inject` resolves with, and waits until both clients have switched. */
export async function bothSwitch(idle: Session, busy: Session, inject: () => Promise<number>) {
  const moments = [idle.momentOf('failover', patienceMs), busy.momentOf('failover', patienceMs)]
  const at = await inject()
  const [idleAt = 0, busyAt = 0] = await Promise.all(moments)
  return {
    at,
    window: { from: at, to: Math.max(idleAt, busyAt) },
    values: { idleSwitchedAfter: idleAt - at, busySwitchedAfter: busyAt - at },
  }
}

/** What rows measure in which the active endpoint is lost without a word. */
export const silentLossMeasures = {
  idleSwitchedAfter: time('idle switched after', detection.idle),
  busySwitchedAfter: time('with traffic switched after', detection.traffic),
  failedReads: atMost(0, 'reads failed'),
  switches: atMost(0, 'switches beyond the one'),
}

/** The active endpoint, behind a proxy, is lost without a word: for an idle client and for a busy one. */
export async function silentLoss(
  run: FaultRun,
  endpoints: Readonly<Record<string, EndpointTarget>>,
  inject: () => Promise<number>,
) {
  const { idle, busy, traffic } = await idleAndBusy(run, endpoints)
  const { at, window, values } = await bothSwitch(idle, busy, inject)
  await sleep(200)
  const { reads } = await traffic.stop()
  return {
    window,
    values: {
      ...values,
      failedReads: failed(reads).length,
      switches: switchesBeyondOne(idle, at) + switchesBeyondOne(busy, at),
    },
  }
}
