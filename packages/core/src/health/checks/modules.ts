import { ConfigurationError } from '../../errors.ts'
import { type HealthCheck, type HealthCheckContext, healthy, unhealthy } from '../health-check.ts'
import { buildCheck, type CheckOptions, checkFields } from './check-options.ts'
import { replyText } from './reply-text.ts'

/**
 * Asks whether the server has what the application needs beyond plain Redis. A name is that of a command (`JSON.GET`), asked
 * for by COMMAND INFO, or that of a module as MODULE LIST has it (`ReJSON`, `search`); upper and lower case are one.
 * Governs eligibility by default: an endpoint without the module never becomes a target.
 *
 * A user of the server's needs the right to run `COMMAND`, and for names that are no commands `MODULE LIST`.
 *
 * @throws ConfigurationError if there is no name, or an option makes no sense
 */
export const modules = (names: readonly string[], options: CheckOptions = {}): HealthCheck => {
  checkFields('modules', options, [])
  const wanted = checkNames(names)
  return buildCheck('modules', options, {
    name: 'modules',
    governs: 'eligibility',
    check: async ({ command }) => {
      const unknown = await withoutCommands(wanted, command)
      if (unknown.length === 0) return healthy()
      const loaded = await loadedModules(command)
      const missing = unknown.filter((name) => !loaded.has(name.toLowerCase()))
      return missing.length === 0 ? healthy() : unhealthy(`it has neither command nor module ${listed(missing)}`)
    },
  })
}

const checkNames = (names: unknown): readonly string[] => {
  const fits =
    Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string' && name !== '')
  if (!fits) throw new ConfigurationError('modules.names', names, 'a list of at least one name of a command or module')
  return Object.freeze([...names])
}

type Ask = HealthCheckContext['command']

/** Those of `names` that are no command of the server. */
const withoutCommands = async (names: readonly string[], command: Ask): Promise<readonly string[]> => {
  const reply = await command(['COMMAND', 'INFO', ...names])
  if (!Array.isArray(reply) || reply.length !== names.length)
    throw new TypeError('The reply to COMMAND INFO is not one that a Redis server gives.')
  return names.filter((_name, index) => reply[index] === null || reply[index] === undefined)
}

const loadedModules = async (command: Ask): Promise<ReadonlySet<string>> => {
  const reply = await command(['MODULE', 'LIST'])
  if (!Array.isArray(reply)) throw new TypeError('The reply to MODULE LIST is not one that a Redis server gives.')
  return new Set(reply.flatMap((entry) => replyText(nameOf(entry))?.toLowerCase() ?? []))
}

/** One module's fields come as a list of names and values, as an object, or as a map: it depends on the protocol. */
const nameOf = (entry: unknown): unknown => {
  if (Array.isArray(entry)) {
    const at = entry.findIndex((field, index) => index % 2 === 0 && replyText(field) === 'name')
    return at === -1 ? undefined : entry[at + 1]
  }
  if (entry instanceof Map) return entry.get('name')
  return typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : undefined
}

const listed = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')
