import { GroupClosedError } from '../../errors.ts'
import type { BuiltWorld } from './world/build-world.ts'

// A function, because its answer changes between two looks.
const isClosed = (group: { readonly lifecycle: string }): boolean => group.lifecycle === 'closed'

/** Who is told what the last stages find. */
export interface StageReporter {
  readonly violate: (invariant: number, text: string) => void
  readonly tell: (text: string) => void
  readonly look: () => void
}

/** For the end of back-offs, retired connections and half-open ones that have to be found. */
const SETTLE_MS = 60_000
const LOOK_EVERY_MS = 1000

/** Everything heals, operators put everything back: 21, the preferred endpoint serves again, and nothing is left of it. */
export const bringToRest = async (built: BuiltWorld, { violate, tell }: StageReporter): Promise<void> => {
  const { world, faults, servers, operators } = built
  const { clock, group } = world
  faults.stop()
  operators.stop()
  servers.healAll()
  tell('all faults have healed')
  if (isClosed(group)) return
  const restored = operators.restore()
  for (let waited = 0; waited < 100 && operators.pending > 0; waited += 1) await clock.advance(200)
  if (operators.pending > 0) violate(21, `${operators.pending} calls of operators have not ended`)
  else await restored
  // A switch that was still being probed for may have pinned since.
  if (!isClosed(group)) group.unpin()
  if (isClosed(group)) return
  const until = clock.now() + longestWayBackMs(built)
  while (!isClosed(group) && clock.now() < until && unrest(built) !== undefined) await clock.advance(LOOK_EVERY_MS)
  const left = unrest(built)
  if (left !== undefined && !isClosed(group)) violate(21, `long after all faults have healed, ${left}`)
}

const longestWayBackMs = ({ world, resolved }: BuiltWorld): number => {
  const grace = Math.max(...world.group.snapshot().endpoints.map(({ graceMs }) => graceMs), 0)
  return grace + resolved.failback.minStay + SETTLE_MS
}

/** What is not as it should be when nothing is wrong; `undefined` if all is well. */
const unrest = ({ world, resolved, settings, plan }: BuiltWorld): string | undefined => {
  const { endpoints, active, waiting } = world.group.snapshot()
  if (settings.hasMoodyChecks) return undefined
  for (const { id, state, strikes, writable, acceptsConnections } of endpoints)
    if (state !== 'up' || strikes > 0 || !writable || !acceptsConnections)
      return `${id} is ${state}, with ${strikes} strikes, writable ${writable}, accepting ${acceptsConnections}`
  if (waiting > 0 && plan.group.maxInFlight === undefined) return `${waiting} commands wait`
  if (active === undefined) return 'no endpoint is active'
  const [preferred] = endpoints
  const isByWeight =
    settings.isSpread || resolved.selection === undefined || nameOf(resolved.selection) === 'firstAvailable'
  if (isByWeight && resolved.failback.mode === 'auto' && preferred !== undefined && active !== preferred.id)
    return `${active} is active, and ${preferred.id} is preferred`
  return undefined
}

const nameOf = (strategy: unknown): string | undefined =>
  typeof strategy === 'object' && strategy !== null && 'name' in strategy ? String(strategy.name) : undefined

/** The application falls silent: 3 and 13, every call ends, and nothing is counted as in flight any more. */
export const finishCalls = async (built: BuiltWorld, { violate, look }: StageReporter): Promise<void> => {
  const { world, workload, publisher, settings } = built
  const { clock, ledger, group } = world
  workload.stop()
  publisher?.stop()
  for (let waited = 0; waited < SETTLE_MS && ledger.pending.size > 0; waited += LOOK_EVERY_MS)
    await clock.advance(LOOK_EVERY_MS)
  // Aborts that are still to come, replies that nobody waits for.
  await clock.advance(10_000)
  for (const call of ledger.pending)
    violate(3, `call ${call.number} (${call.kind}, sent to ${call.sentTo}) has not been settled since ${call.at} ms`)
  if (isClosed(group)) return
  look()
  for (const { id, inFlight, pool } of group.snapshot().endpoints)
    if ((inFlight > 0 || pool.lent > 0 || pool.waiting > 0) && !settings.hasMoodyChecks)
      violate(13, `${id} has ${inFlight} in flight, ${pool.lent} lent and ${pool.waiting} waiting, and nobody calls`)
}

/** 26: after `close()`, nothing is left and nothing more happens. */
export const closeAndCheck = async (built: BuiltWorld, { violate, tell }: StageReporter): Promise<void> => {
  const { world, servers, operators } = built
  const { clock, group, adapter } = world
  tell('the group is closed')
  let closed = 0
  // Twice, at one moment.
  for (const drainTimeout of [0, 1000]) void group.close({ drainTimeout }).then(() => (closed += 1))
  await clock.advance(operators.pending > 0 ? 10_000 : 1)
  if (closed < 2) violate(26, `close() has not ended`)
  if (operators.pending > 0) violate(26, `${operators.pending} calls of operators have not ended`)
  if (clock.pendingTimers > 0) violate(26, `${clock.pendingTimers} timers are left after close()`)
  if (clock.pendingTurns > 0) violate(26, `${clock.pendingTurns} callbacks are left after close()`)
  if (clock.heldBy > 0) violate(26, `the process is still held after close()`)
  for (const id of servers.ids) {
    const { connections } = adapter.endpoint(id)
    const purposes = connections.map(({ purpose }) => purpose).join(', ')
    if (connections.length > 0) violate(26, `${id} still has ${connections.length} connections (${purposes})`)
  }
  await expectClosed(built, violate)
}

const expectClosed = async ({ world }: BuiltWorld, violate: StageReporter['violate']): Promise<void> => {
  const { clock, group, route } = world
  const later: readonly [string, () => Promise<unknown>][] = [
    ['start', () => group.start()],
    ['acquire', () => group.acquire()],
    ['execute', () => group.execute(() => 1)],
    ['switchTo', () => group.switchTo('east')],
    ['run', () => route.run({ name: 'GET', unit: 'command', readOnly: true, args: ['GET', 'k'], send: async () => 1 })],
  ]
  for (const [name, call] of later) {
    let outcome: unknown = 'nothing'
    call().then(
      () => (outcome = 'success'),
      (error: unknown) => (outcome = error),
    )
    await clock.advance(1)
    if (!GroupClosedError.isInstance(outcome)) violate(26, `${name}() after close() ended in ${outcome}`)
  }
  if (clock.pendingTimers > 0) violate(26, `calls after close() have left ${clock.pendingTimers} timers`)
}
