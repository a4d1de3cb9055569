import { ConfigurationError, checkFieldTypes, GROUP_OPTION_NAMES } from '@redis-endpoint-failover/core'

/**
 * Refuses what the factories cannot work with.
 *
 * @throws ConfigurationError that names the field; nothing secret is shown
 */
export const checkFactoryOptions = <T extends { readonly create: unknown; readonly clientOptions?: unknown }>(
  options: T,
  maker: string,
): T => {
  const known: readonly string[] = ['create', 'clientOptions', ...GROUP_OPTION_NAMES]
  checkFieldTypes('options', options, {})
  if (options.clientOptions !== undefined) checkFieldTypes('clientOptions', options.clientOptions, {})
  for (const name of Object.keys(options))
    if (!known.includes(name)) throw new ConfigurationError(name, 'present', `one of ${known.join(', ')}`)
  if (typeof options.create !== 'function')
    throw new ConfigurationError('create', options.create, `a function that makes a client, such as ${maker}`)
  return options
}

/** Refuses a list of servers that is none. */
export const checkServers = (field: string, servers: unknown): void => {
  if (!Array.isArray(servers) || servers.length === 0)
    throw new ConfigurationError(
      field,
      Array.isArray(servers) ? servers : typeof servers,
      'a list of at least one server',
    )
}
