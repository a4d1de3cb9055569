import {
  isBlockingCommand,
  isConnectionStateCommand,
  mayBlock,
  mayHoldConnectionState,
  UnsupportedOperationError,
} from '@redis-endpoint-failover/core'
import { adviceFor } from './advice.ts'
import { type CommandObject, isCluster, type PipelineObject, type PipelineStream, sendTo } from './internals.ts'
import { PipelineWriter } from './pipeline-writer.ts'
import type { Router } from './router.ts'
import { runUnit, runWatchedUnit } from './run-unit.ts'

/** What MULTI to EXEC consist of; everything else about the connection's state is refused. */
const TRANSACTION = new Set(['multi', 'exec', 'discard'])

/** ioredis marks the pipelines that it makes by itself (`enableAutoPipelining`) with symbols. */
const isAutomatic = (pipeline: object): boolean =>
  Object.getOwnPropertySymbols(pipeline).some((symbol) => symbol.description === 'callbacks')

const refusalOf = (commands: readonly CommandObject[]): UnsupportedOperationError | undefined => {
  for (const { name, args } of commands) {
    if (!mayHoldConnectionState(name) || TRANSACTION.has(name.toLowerCase())) continue
    if (!isConnectionStateCommand([name, ...args])) continue
    return new UnsupportedOperationError(`${name.toUpperCase()} in a pipeline`, adviceFor(name))
  }
  return undefined
}

/** Commands that have nothing to do with each other and only share a packet: each is repeated for itself. */
const runSeparately = (router: Router, commands: readonly CommandObject[]): void => {
  const connection = router.isOpen ? router.route.take() : undefined
  if (connection === undefined) {
    for (const command of commands) router.send(command)
    return
  }
  // With a limit, each has to ask for its own place.
  if (isCluster(connection.client) || router.route.isLimited) {
    for (const command of commands) router.send(command)
    return
  }
  const writer = new PipelineWriter(connection.client)
  for (const command of commands) {
    if (router.isOrdinary(command)) router.dispatch(connection, command, (client, sent) => sendTo(client, sent, writer))
    else router.send(command)
  }
  writer.flush()
}

const execute = (router: Router, pipeline: PipelineObject): void => {
  const commands = [...pipeline._queue]
  const refusal = refusalOf(commands)
  if (refusal !== undefined) {
    pipeline.reject(refusal)
    return
  }
  if (isAutomatic(pipeline)) {
    runSeparately(router, commands)
    return
  }
  if (!router.open(...commands)) return
  for (const command of commands) router.note(command)
  const transaction = commands[0]?.name === 'multi' && commands.at(-1)?.name === 'exec'
  // Nothing blocks between MULTI and EXEC.
  const blocking = commands.some(
    ({ name, args, inTransaction }) => mayBlock(name) && !inTransaction && isBlockingCommand([name, ...args]),
  )
  const settlers = commands.map(({ resolve, reject }) => ({ resolve, reject }))
  const refuse = (error: Error): void => pipeline.reject(error)
  const unit = { blocking, transaction, commands, settlers, refuse }
  if (transaction && router.watch.isActive) runWatchedUnit(unit, router.route, router.watch.end(router.route.epoch))
  else runUnit(unit, router.route)
}

/**
 * Makes a pipeline run, whole, on the endpoint that is active when it is executed. ioredis hands each of its commands to
 * the client that it belongs to, in one go; the first one sends them all.
 */
export const bindPipeline = (pipeline: PipelineObject, client: object, router: Router): void => {
  const begun = new WeakSet<PipelineStream>()
  // For a Cluster, too: which node it is for is found out when it is sent, with the cluster that is active then.
  pipeline.isCluster = false
  pipeline.redis = Object.create(client, {
    sendCommand: {
      value: (command: CommandObject, stream?: PipelineStream): unknown => {
        // Without a stream: a script that is sent again because the server did not know it.
        if (stream?.isPipeline !== true) router.send(command)
        else if (!begun.has(stream)) {
          begun.add(stream)
          execute(router, pipeline)
        }
        return command.promise
      },
    },
  })
}
