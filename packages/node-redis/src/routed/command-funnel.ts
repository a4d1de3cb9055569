import { isReadOnlyCommand } from '@redis-endpoint-failover/core'
import type { CommandOptions, CommandParser, Internals, RedisArguments, TransformReply } from '../native/internals.ts'
import { sendsPlainly } from '../native/plain-send.ts'
import { hasLimits, withoutLimits } from './call-options.ts'
import { commandTask } from './command-tasks.ts'
import { sendLimited, sendLimitedRaw } from './limited-commands.ts'
import { type Connection, nativeOf, type Router } from './router.ts'

/**
 * Single commands: the commands of the client and of its views, those of modules and functions, scripts, and raw ones.
 * A command that meets a connection costs as many promises as with the bare client where that is possible, else one
 * `then` more; the rest is for when something goes wrong. See docs/decisions/0008.
 */
export const installCommandFunnel = (client: Internals, router: Router): void => {
  const { route } = router
  const { deadlines } = route

  // What native `_executeCommand` does for an ordinary command, and the connection's counters.
  const sendPlainly = async (
    connection: Connection,
    command: unknown,
    parser: CommandParser,
    options: CommandOptions | undefined,
    transformReply: TransformReply,
  ): Promise<unknown> => {
    connection.begin()
    let reply: unknown
    try {
      reply = await nativeOf(connection).sendCommand(parser.redisArgs, options)
    } catch (error) {
      return route.recover(
        { connection, error, attempt: 1 },
        commandTask(parser.redisArgs, sender(command, parser, options, transformReply)),
      )
    }
    connection.onReply(reply)
    // The command has ended well, even if this throws.
    return transformReply ? transformReply(reply, parser.preserve, options?.typeMapping) : reply
  }

  // Every command of an application comes through here.
  client._executeCommand = (command, parser, options, transformReply) => {
    const connection = router.admit(parser.redisArgs)
    if (deadlines !== undefined || hasLimits(options)) {
      if (connection !== undefined) return sendLimited(router, connection, command, parser, options, transformReply)
      const send = sender(command, parser, withoutLimits(options), transformReply)
      return router.detour(parser.redisArgs, send, options)
    }
    if (connection === undefined)
      return router.detour(parser.redisArgs, sender(command, parser, options, transformReply))
    const native = nativeOf(connection)
    if (sendsPlainly(native, parser.redisArgs)) return sendPlainly(connection, command, parser, options, transformReply)
    connection.begin()
    return native
      ._executeCommand(command, parser, options, transformReply)
      .then(connection.onReply, (error: unknown) =>
        route.recover(
          { connection, error, attempt: 1 },
          commandTask(parser.redisArgs, sender(command, parser, options, transformReply)),
        ),
      )
  }

  client.sendCommand = function (this: Internals, args: RedisArguments, own?: CommandOptions) {
    const options = own === undefined ? this._commandOptions : { ...this._commandOptions, ...own }
    const connection = router.admit(args)
    const native = withoutLimits(options)
    if (connection === undefined) {
      const own = [...args]
      return router.detour(own, (to) => nativeOf(to).sendCommand(own, native), options)
    }
    const send = (to: Connection): Promise<unknown> => nativeOf(to).sendCommand(args, native)
    if (deadlines !== undefined || hasLimits(options)) return sendLimitedRaw(router, connection, args, options, send)
    connection.begin()
    return send(connection).then(connection.onReply, (error: unknown) =>
      route.recover({ connection, error, attempt: 1 }, commandTask(args, send)),
    )
  }

  // node-redis answers NOSCRIPT by sending the script itself, and writes that into the arguments: so what may be
  // repeated is looked up before.
  client._executeScript = (script, parser, options, transformReply) => {
    const readOnly = isReadOnlyCommand(parser.redisArgs)
    const native = withoutLimits(options)
    const send = (to: Connection): Promise<unknown> =>
      nativeOf(to)._executeScript(script, parser, native, transformReply)
    const connection = router.admit(parser.redisArgs)
    if (connection === undefined || deadlines !== undefined || hasLimits(options))
      return router.detour(parser.redisArgs, send, options)
    connection.begin()
    return send(connection).then(connection.onReply, (error: unknown) =>
      route.recover({ connection, error, attempt: 1 }, { ...commandTask(parser.redisArgs, send), readOnly }),
    )
  }
}

const sender =
  (...call: Parameters<Internals['_executeCommand']>) =>
  (to: Connection): Promise<unknown> =>
    nativeOf(to)._executeCommand(...call)
