import type { CommandArgument } from '../../adapter/client-adapter.ts'
import { ScriptedClientError } from './scripted-errors.ts'

type Value = { readonly data: string | string[]; readonly expiresAt: number }

/** What commands see of the server they run on. */
export interface ScriptedServerState {
  readonly keys: Map<string, Value>
  readonly role: 'master' | 'slave'
  readonly runId: string
  /** The section `replication` of INFO. */
  readonly replicationInfo: () => string
  /** A write was executed. */
  readonly onWrite?: (args: readonly string[]) => void
  readonly now: number
}

type Command = {
  readonly write?: true
  readonly run: (server: ScriptedServerState, args: readonly string[]) => unknown
}

/** An error that a Redis server answers with. */
export const replyError = (message: string): ScriptedClientError => new ScriptedClientError('reply', message)

/** Command arguments as text, as the server's log shows them. */
export const asText = (args: readonly CommandArgument[]): string[] =>
  args.map((value) => (typeof value === 'object' ? Buffer.from(value).toString('utf8') : String(value)))

/** Runs one command on the key space; throws a `ScriptedClientError` of kind `reply` where Redis answers with an error. */
export const executeCommand = (server: ScriptedServerState, [name = '', ...args]: readonly string[]): unknown => {
  const command = COMMANDS[name.toUpperCase()]
  if (command === undefined) throw replyError(`ERR unknown command '${name}'`)
  if (command.write && server.role === 'slave')
    throw replyError("READONLY You can't write against a read only replica.")
  const reply = command.run(server, args)
  if (command.write) server.onWrite?.([name, ...args])
  return reply
}

/** Commands that a server answers while it loads its data set. */
export const runsWhileLoading = (name: string): boolean => ['INFO', 'ROLE'].includes(name.toUpperCase())

const read = ({ keys, now }: ScriptedServerState, key: string): Value['data'] | undefined => {
  const value = keys.get(key)
  if (value === undefined || value.expiresAt > now) return value?.data
  keys.delete(key)
  return undefined
}

const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value'

const readText = (server: ScriptedServerState, key: string): string | undefined => {
  const data = read(server, key)
  if (Array.isArray(data)) throw replyError(WRONG_TYPE)
  return data
}

const readList = (server: ScriptedServerState, key: string): string[] => {
  const data = read(server, key) ?? []
  if (!Array.isArray(data)) throw replyError(WRONG_TYPE)
  return data
}

/** Replaces the value and keeps the time to live, as INCR and LPUSH do. */
const update = ({ keys }: ScriptedServerState, key: string, data: Value['data']): void => {
  keys.set(key, { data, expiresAt: keys.get(key)?.expiresAt ?? Number.POSITIVE_INFINITY })
}

const set = (server: ScriptedServerState, [key = '', data = '', ...options]: readonly string[]): string | null => {
  let expiresAt = Number.POSITIVE_INFINITY
  for (let index = 0; index < options.length; index += 1) {
    const option = options[index]!.toUpperCase()
    if (option === 'PX') expiresAt = server.now + Number(options[++index])
    else if (option === 'EX') expiresAt = server.now + 1_000 * Number(options[++index])
    else if (option === 'NX' && read(server, key) !== undefined) return null
    else if (option === 'XX' && read(server, key) === undefined) return null
    else if (option !== 'NX' && option !== 'XX') throw replyError('ERR syntax error')
  }
  if (Number.isNaN(expiresAt)) throw replyError('ERR value is not an integer or out of range')
  server.keys.set(key, { data, expiresAt })
  return 'OK'
}

const setAll = (server: ScriptedServerState, pairs: readonly string[]): string => {
  if (pairs.length === 0 || pairs.length % 2 !== 0) throw replyError("ERR wrong number of arguments for 'mset' command")
  for (let index = 0; index < pairs.length; index += 2) set(server, [pairs[index]!, pairs[index + 1]!])
  return 'OK'
}

const increment = (server: ScriptedServerState, [key = '']: readonly string[]): number => {
  const value = Number(readText(server, key) ?? 0) + 1
  if (!Number.isInteger(value)) throw replyError('ERR value is not an integer or out of range')
  update(server, key, String(value))
  return value
}

const push = (server: ScriptedServerState, [key = '', ...elements]: readonly string[]): number => {
  const list = [...elements.toReversed(), ...readList(server, key)]
  update(server, key, list)
  return list.length
}

const range = (server: ScriptedServerState, [key = '', start = '0', stop = '-1']: readonly string[]): string[] => {
  const list = readList(server, key)
  const from = Number(start) < 0 ? Math.max(list.length + Number(start), 0) : Number(start)
  return list.slice(from, (Number(stop) < 0 ? list.length + Number(stop) : Number(stop)) + 1)
}

const flush = ({ keys }: ScriptedServerState): string => {
  keys.clear()
  return 'OK'
}

const COMMANDS: Readonly<Record<string, Command>> = {
  PING: { run: (_, [message]) => message ?? 'PONG' },
  ECHO: { run: (_, [message]) => message ?? '' },
  GET: { run: (server, [key = '']) => readText(server, key) ?? null },
  SET: { write: true, run: set },
  MSET: { write: true, run: setAll },
  DEL: {
    write: true,
    run: (server, keys) => keys.filter((key) => read(server, key) !== undefined && server.keys.delete(key)).length,
  },
  INCR: { write: true, run: increment },
  LPUSH: { write: true, run: push },
  LRANGE: { run: range },
  FLUSHALL: { write: true, run: flush },
  ROLE: { run: ({ role }) => (role === 'master' ? ['master', 0, []] : ['slave', '127.0.0.1', 6379, 'connected', 0]) },
  INFO: {
    run: ({ runId, replicationInfo }) =>
      `# Server\r\nredis_mode:standalone\r\nrun_id:${runId}\r\n\r\n${replicationInfo()}`,
  },
}
