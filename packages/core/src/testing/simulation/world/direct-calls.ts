import type { Draw } from '../plan/draw.ts'
import { judgeError } from './judge-error.ts'
import type { SimulatedGroup } from './simulated-group.ts'

/** Calls with native clients on loan: leases that are held for a while, and functions that are run on them. */
export const makeDirectCalls = (
  world: SimulatedGroup,
  draw: Draw,
  unique: () => string,
): Readonly<Record<'lease' | 'execute', () => void>> => {
  const { group, ledger, leases, clock, violate } = world
  const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.setTimer(resolve, ms))
  const limits = () => {
    const timeout = draw.chance(0.3) ? draw.pick([1, 100, 1000]) : undefined
    const abort = draw.chance(0.2) ? new AbortController() : undefined
    if (abort !== undefined) clock.setTimer(() => abort.abort('not wanted any more'), draw.between(0, 1000))
    return {
      ...(timeout === undefined ? {} : { timeout }),
      ...(abort === undefined ? {} : { signal: abort.signal }),
      ...(draw.chance(0.2) ? { operation: 'read' as const } : {}),
    }
  }

  const useLease = async (): Promise<void> => {
    const write = unique()
    const call = ledger.begin({ kind: 'lease', writes: [write], repeatable: false, timeoutMs: Infinity })
    const [heldMs, isDestroyed] = [draw.chance(0.3) ? draw.exponential(500) : 0, draw.chance(0.1)]
    try {
      const lease = await group.acquire(limits())
      const { client, endpointId } = lease
      leases.onLent(client.connectionId, endpointId)
      try {
        ledger.sent(call, endpointId)
        await client.send(['LPUSH', 'leased', write])
        if (heldMs > 0) await wait(heldMs)
      } finally {
        leases.onEnded(client.connectionId)
        if (isDestroyed) lease.destroy()
        else lease.release()
      }
      ledger.settle(call, 'acknowledged')
    } catch (error) {
      const told = judgeError(error, { changes: true, direct: true })
      if (told.wrong !== undefined) violate(5, `a lease: ${told.wrong}`)
      ledger.settle(call, told.answer, told.name)
    }
  }

  const execute = async (): Promise<void> => {
    const write = unique()
    const idempotent = draw.chance(0.5)
    const options = { ...limits(), idempotent }
    const timeoutMs = options.timeout ?? Infinity
    const call = ledger.begin({ kind: 'execute', writes: [write], repeatable: idempotent, timeoutMs })
    try {
      await group.execute(async (client, { endpointId }) => {
        if (client.endpointId !== endpointId) violate(6, `a client of ${client.endpointId} was lent as ${endpointId}`)
        leases.onLent(client.connectionId, endpointId)
        try {
          ledger.sent(call, endpointId)
          await client.send(['LPUSH', 'executed', write])
        } finally {
          leases.onEnded(client.connectionId)
        }
      }, options)
      ledger.settle(call, 'acknowledged')
    } catch (error) {
      const told = judgeError(error, { changes: !idempotent, direct: true })
      if (told.wrong !== undefined) violate(5, `execute(): ${told.wrong}`)
      ledger.settle(call, told.answer, told.name)
    }
  }
  return { lease: () => void useLease(), execute: () => void execute() }
}
