import type { CommandOptions, CommandParser, TransformReply } from '../native/internals.ts'
import { sendsPlainly } from '../native/plain-send.ts'
import { limitsOf, withoutLimits } from './call-options.ts'
import { commandTask } from './command-tasks.ts'
import { RoutedCall } from './routed-call.ts'
import { type Connection, nativeOf, type Router } from './router.ts'

/*
 * The fast path of commands that may end before their reply: the caller gets a promise of their own, and the native one
 * is followed to its end, so that late replies are still seen.
 */

/** A command of the client, of a view or of a module. */
export const sendLimited = (
  router: Router,
  connection: Connection,
  command: unknown,
  parser: CommandParser,
  options: CommandOptions | undefined,
  transformReply: TransformReply,
): Promise<unknown> => {
  const call = new RoutedCall(parser.redisArgs)
  if (!begin(router, call, options)) return call.promise
  const own = withoutLimits(options)
  if (sendsPlainly(nativeOf(connection), call.args))
    void carryPlainly(router, connection, call, command, parser, own, transformReply)
  else void carry(router, connection, call, (to) => nativeOf(to)._executeCommand(command, parser, own, transformReply))
  return call.promise
}

/** A command given as `send` sends it. */
export const sendLimitedRaw = (
  router: Router,
  connection: Connection,
  args: RoutedCall['args'],
  options: CommandOptions | undefined,
  send: (to: Connection) => Promise<unknown>,
): Promise<unknown> => {
  const call = new RoutedCall(args)
  if (begin(router, call, options)) void carry(router, connection, call, send)
  return call.promise
}

// False where the call has ended already.
const begin = ({ route }: Router, call: RoutedCall, options: CommandOptions | undefined): boolean => {
  const limits = limitsOf(options)
  if (limits === undefined) {
    route.deadlines?.add(call)
    return true
  }
  try {
    return route.limit(call, limits)
  } catch (error) {
    call.reject(error)
    return false
  }
}

// What native `_executeCommand` does for an ordinary command: see the command funnel.
const carryPlainly = async (
  router: Router,
  connection: Connection,
  call: RoutedCall,
  command: unknown,
  parser: CommandParser,
  options: CommandOptions | undefined,
  transformReply: TransformReply,
): Promise<void> => {
  let reply: unknown
  connection.begin()
  call.carrier = connection
  try {
    reply = await nativeOf(connection).sendCommand(parser.redisArgs, options)
  } catch (error) {
    const send = (to: Connection): Promise<unknown> =>
      nativeOf(to)._executeCommand(command, parser, options, transformReply)
    return recover(router, connection, call, send, error)
  }
  if (call.over) return connection.countLate()
  connection.onReply(reply)
  try {
    call.resolve(transformReply ? transformReply(reply, parser.preserve, options?.typeMapping) : reply)
  } catch (error) {
    call.reject(error)
  }
}

const carry = async (
  router: Router,
  connection: Connection,
  call: RoutedCall,
  send: (to: Connection) => Promise<unknown>,
): Promise<void> => {
  let reply: unknown
  connection.begin()
  call.carrier = connection
  try {
    reply = await send(connection)
  } catch (error) {
    return recover(router, connection, call, send, error)
  }
  if (call.over) return connection.countLate()
  call.resolve(connection.onReply(reply))
}

const recover = async (
  router: Router,
  connection: Connection,
  call: RoutedCall,
  send: (to: Connection) => Promise<unknown>,
  error: unknown,
): Promise<void> => {
  try {
    call.resolve(
      await router.route.recover({ connection, error, attempt: 1 }, { ...commandTask(call.args, send), call }),
    )
  } catch (final) {
    call.reject(final)
  }
}
