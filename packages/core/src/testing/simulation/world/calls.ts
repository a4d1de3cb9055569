import type { CallLimits } from '../../../routing/call-limits.ts'
import type { CommandUnit } from '../../../routing/command-task.ts'
import type { ScriptedClient } from '../../scripted/scripted-connection.ts'
import type { Draw } from '../plan/draw.ts'
import type { TrafficKind } from '../plan/features.ts'
import { IDEMPOTENT_PREFIX } from '../plan/group-options.ts'
import type { SimulationPlan } from '../plan/plan.ts'
import { describe } from './describe-call.ts'
import { makeDirectCalls } from './direct-calls.ts'
import { judgeError } from './judge-error.ts'
import { sendOnRoute } from './send-on-route.ts'
import type { SimulatedGroup } from './simulated-group.ts'
import { makeSubscriptions } from './subscriptions.ts'

/** One call over the application's client. */
interface RouteCall {
  readonly kind: TrafficKind
  readonly unit?: CommandUnit
  readonly commands: readonly (readonly string[])[]
  readonly readOnly: boolean
  readonly repeatable?: boolean
  /** What is wrong with the replies, if anything. */
  readonly check?: (replies: readonly unknown[]) => string | undefined
}

/** What makes one call of each kind. */
export const makeCalls = (
  world: SimulatedGroup,
  plan: SimulationPlan,
  draw: Draw,
): Readonly<Record<TrafficKind, () => void>> => {
  const { ledger, clock, violate } = world
  let numbers = 0
  const unique = (): string => {
    numbers += 1
    return `u${numbers}`
  }
  const isDeclared = plan.group.retry !== false && plan.group.retry?.isIdempotent !== undefined
  const limit = (): { limits: CallLimits | undefined; timeoutMs: number } => {
    const usual = plan.group.commandTimeout ?? Infinity
    if (!plan.limitsCalls || draw.chance(0.5)) return { limits: undefined, timeoutMs: usual }
    const timeout = draw.chance(0.6) ? draw.pick([0, 20, 200, 1000, 4000]) : undefined
    const abort = draw.chance(0.4) ? new AbortController() : undefined
    if (abort !== undefined) clock.setTimer(() => abort.abort('not wanted any more'), draw.between(0, 2000))
    const timeoutMs = timeout === undefined ? usual : timeout === 0 ? Infinity : timeout
    return { limits: { timeout, ...(abort === undefined ? {} : { signal: abort.signal }) }, timeoutMs }
  }

  const run = ({ kind, unit = 'command', commands, readOnly, repeatable = false, check }: RouteCall): void => {
    const { limits, timeoutMs } = limit()
    const writes = readOnly ? [] : commands.flatMap(uniqueValuesOf)
    const call = ledger.begin({ kind, writes, repeatable: readOnly || repeatable, timeoutMs })
    const send = async (client: ScriptedClient): Promise<readonly unknown[]> => {
      ledger.sent(call, client.endpointId)
      return unit === 'command' || unit === 'transaction'
        ? [await client.send(commands[0]!)]
        : sendAll(client, commands)
    }
    const task = { name: commands[0]![0]!, unit, readOnly, args: unit === 'command' ? commands[0] : undefined, limits }
    sendOnRoute(world.route, task, send, draw.chance(0.5)).then(
      (replies) => {
        const wrong = check?.(replies)
        if (wrong !== undefined) violate(6, `${describe(call)}: ${wrong}`)
        const failed = replies.find((reply) => reply instanceof Error)
        if (failed === undefined) ledger.settle(call, 'acknowledged')
        else ledger.settle(call, 'ambiguous', `entry ${judgeError(failed, { changes: false, direct: true }).name}`)
      },
      (error: unknown) => {
        const told = judgeError(error, { changes: !call.repeatable, direct: unit === 'pipeline' })
        if (told.wrong !== undefined) violate(5, `${describe(call)}: ${told.wrong}`)
        ledger.settle(call, told.answer, told.name)
      },
    )
  }

  const key = (): string => `k${draw.integer(1, 5)}`
  return {
    echo: () => {
      const nonce = unique()
      const check = ([reply]: readonly unknown[]) => (reply === nonce ? undefined : `asked for ${nonce}, got ${reply}`)
      run({ kind: 'echo', commands: [['ECHO', nonce]], readOnly: true, check })
    },
    get: () => run({ kind: 'get', commands: [['GET', key()]], readOnly: true }),
    set: () => run({ kind: 'set', commands: [['SET', key(), unique()]], readOnly: false }),
    push: () => run({ kind: 'push', commands: [['LPUSH', `list${draw.integer(1, 3)}`, unique()]], readOnly: false }),
    'idempotent-set': () =>
      run({
        kind: 'idempotent-set',
        commands: [['SET', `${IDEMPOTENT_PREFIX}${key()}`, unique()]],
        readOnly: false,
        repeatable: isDeclared,
      }),
    'set-if-absent': () => {
      const value = unique()
      run({ kind: 'set-if-absent', commands: [['SET', `lock:${value}`, value, 'NX']], readOnly: false })
    },
    pipeline: () => {
      const commands = Array.from({ length: draw.integer(2, 4) }, () => ['SET', key(), unique()])
      run({ kind: 'pipeline', unit: 'pipeline', commands, readOnly: false })
    },
    'read-pipeline': () => {
      const nonces = [unique(), unique(), unique()]
      const commands = nonces.map((nonce) => ['ECHO', nonce])
      const check = (replies: readonly unknown[]) =>
        replies.every((reply, at) => reply === nonces[at] || reply instanceof Error)
          ? undefined
          : `asked for ${nonces}, got ${replies}`
      run({ kind: 'read-pipeline', unit: 'pipeline', commands, readOnly: true, check })
    },
    transaction: () => {
      const commands = [['MSET', `${key()}a`, unique(), `${key()}b`, unique()]]
      run({ kind: 'transaction', unit: 'transaction', commands, readOnly: false })
    },
    ...makeDirectCalls(world, draw, unique),
    subscription: makeSubscriptions(world, draw),
  }
}

/** SET and LPUSH have their value behind the key, MSET has more pairs. */
const uniqueValuesOf = (command: readonly string[]): string[] =>
  command.filter((word, at) => at >= 2 && at % 2 === 0 && word.startsWith('u'))

/** All commands in one write. Replies that are errors are entries; a connection that is lost fails the whole. */
const sendAll = async (client: ScriptedClient, commands: readonly (readonly string[])[]): Promise<unknown[]> => {
  const settled = await Promise.allSettled(commands.map((command) => client.send(command)))
  const lost = settled.find(({ status, reason }: { status: string; reason?: unknown }) => {
    return status === 'rejected' && (reason as { kind?: string }).kind !== 'reply'
  })
  if (lost?.status === 'rejected') throw lost.reason
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason))
}
