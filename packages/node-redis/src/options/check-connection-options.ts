import { checkFieldTypes, type FieldType } from '@redis-endpoint-failover/core'

/** A wrong type in one of these would show only when connecting fails. */
const FIELDS: Readonly<Record<string, FieldType>> = {
  url: 'text',
  socket: 'object',
  username: 'text',
  password: 'text',
  credentialsProvider: 'object',
  name: 'text',
  database: 'number',
  readonly: 'flag',
  disableClientInfo: 'flag',
  clientInfoTag: 'text',
  commandOptions: 'object',
  commandsQueueMaxLength: 'number',
}

const SOCKET_FIELDS: Readonly<Record<string, FieldType>> = { host: 'text', port: 'port', path: 'text', tls: 'flag' }

/** @throws ConfigurationError */
export const checkConnectionOptions = (field: string, options: unknown): void => {
  checkFieldTypes(field, options, FIELDS)
  const { socket } = options as { socket?: unknown }
  if (socket !== undefined && socket !== null) checkFieldTypes(`${field}.socket`, socket, SOCKET_FIELDS)
}
