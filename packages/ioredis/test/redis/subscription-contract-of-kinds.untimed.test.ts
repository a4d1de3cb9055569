import {
  type ClientSetup,
  describeSubscriptionContract,
  type SubscribingClient,
  useSmallClusters,
  useSmallDeployments,
} from '@redis-endpoint-failover/testkit'
import { Cluster, Redis } from 'ioredis'
import { createFailoverClient, createFailoverCluster } from '../../src/index.ts'
import { subscribing } from './subscribing.ts'

const clusters = useSmallClusters()
const deployments = useSmallDeployments()

const clusterClient = ({ endpoints, groupOptions }: ClientSetup): SubscribingClient => {
  const { client, group } = createFailoverCluster({
    ...groupOptions,
    start: { policy: 'all', timeout: 15_000 },
    health: { topologyGrace: clusters.topologyGrace },
    Cluster,
    clientOptions: { lazyConnect: true },
    endpoints: endpoints.map(({ id, weight, server: { host, port } }) => ({
      id,
      weight,
      options: { nodes: [{ host, port }], natMap: () => ({ host, port }) },
    })),
  })
  return subscribing(client, group)
}

const sentinelClient = ({ endpoints, groupOptions }: ClientSetup): SubscribingClient => {
  const { client, group } = createFailoverClient({
    ...groupOptions,
    start: { policy: 'all', timeout: 15_000 },
    health: { topologyGrace: deployments.topologyGrace },
    Redis,
    clientOptions: { lazyConnect: true },
    endpoints: endpoints.map(({ id, weight, server: { host, port } }) => {
      const { masterName, addresses, primary } = deployments.find(id)
      return {
        id,
        weight,
        options: { name: masterName, sentinels: addresses, natMap: { [primary]: { host, port } } },
      }
    }),
  })
  return subscribing(client, group)
}

describeSubscriptionContract({
  name: 'ioredis with Clusters',
  startServers: clusters.start,
  createClient: clusterClient,
  several: true,
  faults: true,
})
describeSubscriptionContract({
  name: 'ioredis with Sentinels',
  startServers: deployments.start,
  createClient: sentinelClient,
  several: true,
  faults: process.env.SUBSCRIPTION_FAULTS !== undefined,
})
