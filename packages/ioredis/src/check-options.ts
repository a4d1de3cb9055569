import { checkFieldTypes, type FieldType } from '@redis-endpoint-failover/core'

/** The options that say where and as whom to connect; a wrong type there would show only when connecting fails. */
const CONNECTION: Readonly<Record<string, FieldType>> = {
  url: 'text',
  host: 'text',
  port: 'port',
  path: 'text',
  family: 'number',
  db: 'number',
  username: 'text',
  password: 'text',
  connectionName: 'text',
  tls: 'object or flag',
  sentinels: 'list',
  name: 'text',
  sentinelUsername: 'text',
  sentinelPassword: 'text',
}

/** @throws ConfigurationError */
export const checkConnectionOptions = (field: string, options: unknown): void =>
  checkFieldTypes(field, options, CONNECTION)

/** @throws ConfigurationError */
export const checkClusterConnectionOptions = (field: string, options: unknown): void => {
  checkFieldTypes(field, options, { redisOptions: 'object' })
  const { redisOptions } = options as { redisOptions?: unknown }
  if (redisOptions !== undefined && redisOptions !== null) checkConnectionOptions(`${field}.redisOptions`, redisOptions)
}
