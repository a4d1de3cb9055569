import { isReadOnlyCommand } from '@redis-endpoint-failover/core'
import type { CommandOptions, Internals, RedisArguments } from '../native/internals.ts'
import { type Connection, commandTask, nativeOf, type Router } from './router.ts'

/**
 * Single commands: the commands of the client and of its views, those of modules and functions, scripts, and raw ones.
 * The way of a command that meets a connection is one call and one `then`; the rest is for when something goes wrong.
 */
export const installCommandFunnel = (client: Internals, router: Router): void => {
  const { route } = router

  // Every command of an application comes through here: no function is made in it but the one for errors.
  client._executeCommand = (command, parser, options, transformReply) => {
    const connection = router.admit(parser.redisArgs)
    if (connection === undefined)
      return router.detour(parser.redisArgs, sender(command, parser, options, transformReply))
    connection.begin()
    return nativeOf(connection)
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
    const send = (to: Connection): Promise<unknown> => nativeOf(to).sendCommand(args, options)
    const connection = router.admit(args)
    if (connection === undefined) return router.detour(args, send)
    connection.begin()
    return send(connection).then(connection.onReply, (error: unknown) =>
      route.recover({ connection, error, attempt: 1 }, commandTask(args, send)),
    )
  }

  // node-redis answers NOSCRIPT by sending the script itself, and writes that into the arguments: so what may be
  // repeated is looked up before.
  client._executeScript = (script, parser, options, transformReply) => {
    const readOnly = isReadOnlyCommand(parser.redisArgs)
    const send = (to: Connection): Promise<unknown> =>
      nativeOf(to)._executeScript(script, parser, options, transformReply)
    const connection = router.admit(parser.redisArgs)
    if (connection === undefined) return router.detour(parser.redisArgs, send)
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
