import type { ClientAdapter } from '@redis-endpoint-failover/core'
import type { Cluster } from 'ioredis'
import { classifyIoredisError } from '../classify-ioredis-error.ts'
import { ClusterConnection, type ClusterSettings } from './cluster-connection.ts'
import {
  type ClusterConstructor,
  createEndpointCluster,
  describeCluster,
  type IoredisClusterOptions,
} from './cluster-options.ts'

/** Binds the Cluster client of ioredis to the core. `cluster` is the user's own class. */
export const createIoredisClusterAdapter = (
  cluster: ClusterConstructor<unknown>,
  settings: ClusterSettings,
): ClientAdapter<Cluster, IoredisClusterOptions> => ({
  name: 'ioredis',
  createConnection: (request) => {
    const client = createEndpointCluster(cluster, request.options, request)
    return new ClusterConnection(client, request, settings)
  },
  classifyError: classifyIoredisError,
  endpointKind: () => 'managed',
  describeAddress: describeCluster,
})
