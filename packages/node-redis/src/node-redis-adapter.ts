import type { ClientAdapter } from '@redis-endpoint-failover/core'
import { classifyError } from './classify-error.ts'
import { NativeConnection } from './connection/native-connection.ts'
import type { NodeRedisClient } from './native/node-redis-client.ts'
import { endpointAddress } from './options/endpoint-address.ts'
import type { NodeRedisOptions } from './options/node-redis-options.ts'

/**
 * Binds node-redis to the core, for those who build their own group: `new FailoverGroup(createNodeRedisAdapter(create),
 * options)`.
 *
 * @param create makes a client from options; called once for each connection
 */
export const createNodeRedisAdapter = <TClient extends NodeRedisClient>(
  create: (options: NodeRedisOptions) => TClient,
): ClientAdapter<TClient, NodeRedisOptions> => ({
  name: 'node-redis',
  createConnection: (request) => new NativeConnection(create, request),
  classifyError,
  describeAddress: endpointAddress,
})
