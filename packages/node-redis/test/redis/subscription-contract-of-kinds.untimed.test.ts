import {
  type ClientSetup,
  describeSubscriptionContract,
  type SubscribingClient,
  useSmallClusters,
  useSmallDeployments,
} from '@redis-endpoint-failover/testkit'
import { createCluster, createSentinel } from 'redis'
import { createFailoverCluster, createFailoverSentinel } from '../../src/index.ts'
import { subscribing } from './subscribing.ts'

const clusters = useSmallClusters()
const deployments = useSmallDeployments()

const clusterClient = ({ endpoints, groupOptions }: ClientSetup): SubscribingClient => {
  const { client, group } = createFailoverCluster({
    ...groupOptions,
    start: { policy: 'all', timeout: 15_000 },
    health: { topologyGrace: clusters.topologyGrace },
    create: (options) => createCluster(options),
    endpoints: endpoints.map(({ id, weight, server: { host, port } }) => ({
      id,
      weight,
      options: { rootNodes: [{ socket: { host, port } }], nodeAddressMap: () => ({ host, port }) },
    })),
  })
  return subscribing(client, group)
}

const sentinelClient = ({ endpoints, groupOptions }: ClientSetup): SubscribingClient => {
  const { client, group } = createFailoverSentinel({
    ...groupOptions,
    start: { policy: 'all', timeout: 15_000 },
    health: { topologyGrace: deployments.topologyGrace },
    create: (options) => createSentinel(options),
    endpoints: endpoints.map(({ id, weight, server: { host, port } }) => {
      const { masterName, addresses, primary } = deployments.find(id)
      return {
        id,
        weight,
        options: {
          name: masterName,
          sentinelRootNodes: addresses,
          nodeAddressMap: { [primary]: { host, port } },
        },
      }
    }),
  })
  return subscribing(client, group)
}

describeSubscriptionContract({
  name: 'node-redis with Clusters',
  startServers: clusters.start,
  createClient: clusterClient,
  several: true,
  faults: true,
})
describeSubscriptionContract({
  name: 'node-redis with Sentinels',
  startServers: deployments.start,
  createClient: sentinelClient,
  several: true,
  faults: process.env.SUBSCRIPTION_FAULTS !== undefined,
})
