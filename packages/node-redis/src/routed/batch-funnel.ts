import {
  type CommandTask,
  type CommandUnit,
  isBlockingCommand,
  isConnectionStateCommand,
  isReadOnlyCommand,
  nameEndpoint,
} from '@redis-endpoint-failover/core'
import type { Internals, QueuedCommand } from '../native/internals.ts'
import { limitsOf } from './call-options.ts'
import { refuseConnectionState } from './refusals.ts'
import { ClientOfflineError, type Connection, nativeOf, type Router } from './router.ts'
import type { WatchedKeys } from './watched-keys.ts'

/** Transactions and pipelines: whole to one connection, the one in use when they are executed. */
export const installBatchFunnel = (client: Internals, router: Router, watched: WatchedKeys): void => {
  client._executeMulti = async function (this: Internals, commands, selectedDb) {
    refuseUnfit(router, commands, commands.length + 2)
    const send = (to: Connection): Promise<unknown> =>
      viewFor(this, to)
        ._executeMulti(commands, selectedDb)
        .then((replies) => nameErrorsOf(replies, to.endpointId))
    const task = batchTask('MULTI', 'transaction', commands, sendIfReady(send))
    return await router.route.run(watched.guard({ ...task, limits: limitsOf(this._commandOptions) }))
  }

  client._executePipeline = async function (this: Internals, commands, selectedDb) {
    refuseUnfit(router, commands, commands.length)
    const send = (to: Connection): Promise<unknown> => viewFor(this, to)._executePipeline(commands, selectedDb)
    const blocks = commands.some(({ args }) => isBlockingCommand(args))
    const task = batchTask('pipeline', blocks ? 'blocking' : 'pipeline', commands, sendIfReady(send))
    const limited = { ...task, limits: limitsOf(this._commandOptions) }
    return await (blocks ? router.route.runBlocking(limited) : router.route.run(limited))
  }
}

const batchTask = (
  name: string,
  unit: CommandUnit,
  commands: readonly QueuedCommand[],
  send: (to: Connection) => Promise<unknown>,
): CommandTask<unknown, unknown> => ({
  name,
  unit,
  readOnly: commands.every(({ args }) => isReadOnlyCommand(args)),
  args: undefined,
  send,
})

// node-redis looks whether it is connected before it takes a command, but not before it takes a batch.
const sendIfReady =
  (send: (to: Connection) => Promise<unknown>) =>
  (to: Connection): Promise<unknown> =>
    to.isUsable() ? send(to) : Promise.reject(new ClientOfflineError())

// node-redis makes one error of those of a transaction's commands afterwards; until then they are among its replies.
const nameErrorsOf = (replies: unknown, endpointId: string): unknown => {
  if (Array.isArray(replies)) for (const reply of replies) if (reply instanceof Error) nameEndpoint(reply, endpointId)
  return replies
}

// The replies are to be decoded as the view says on which the batch was begun.
const viewFor = (caller: Internals, to: Connection): Internals => {
  const native = nativeOf(to)
  const typeMapping = caller._commandOptions?.typeMapping
  return native._commandOptions?.typeMapping === typeMapping ? native : native.withTypeMapping(typeMapping)
}

const refuseUnfit = (router: Router, commands: readonly QueuedCommand[], slots: number): void => {
  const unfit = commands.find(({ args }) => isConnectionStateCommand(args))
  if (unfit !== undefined) throw refuseConnectionState(unfit.args)
  router.refuseIdle()
  if (router.writes.areLeft) for (const { args } of commands) router.writes.note(args)
  // Half a transaction in a full queue would stay open on the connection.
  if (router.isFull(slots)) throw new Error('The queue is full')
}
