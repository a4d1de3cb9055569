import {
  type RedisCluster,
  type RedisServer,
  type SentinelDeployment,
  startCluster,
  startSentinel,
} from '@redis-endpoint-failover/test-infra'
import { afterAll } from 'vitest'

/*
 * Clusters of one server, and deployments of one server and one Sentinel: reached through the proxy of the suite, they meet
 * every fault that it knows. What only several servers can do needs tests of its own.
 */

/** Shorter than any application would like it: these promote nobody. */
const TOPOLOGY_GRACE_MS = 500

const IDS = ['east', 'west']

/** Clusters of one server that end with the file. */
export const useSmallClusters = () => {
  const clusters: RedisCluster[] = []
  afterAll(() => Promise.all(clusters.map((cluster) => cluster.stop())))
  return {
    topologyGrace: TOPOLOGY_GRACE_MS,
    start: async (): Promise<readonly RedisServer[]> => {
      clusters.push(...(await Promise.all(IDS.map((name) => startCluster({ name, primaries: 1, replicas: 0 })))))
      return clusters.flatMap(({ nodes }) => nodes)
    },
  }
}

/** Servers with one Sentinel each that end with the file. */
export const useSmallDeployments = () => {
  const deployments: SentinelDeployment[] = []
  afterAll(() => Promise.all(deployments.map((deployment) => deployment.stop())))
  return {
    topologyGrace: TOPOLOGY_GRACE_MS,
    start: async (): Promise<readonly RedisServer[]> => {
      const options = { replicas: 0, sentinels: 1, quorum: 1 }
      deployments.push(...(await Promise.all(IDS.map((masterName) => startSentinel({ masterName, ...options })))))
      return deployments.map(({ servers }) => servers[0] as RedisServer)
    },
    /** How the deployment of an endpoint is found, and where its server is for the Sentinel. */
    find: (id: string) => {
      const deployment = deployments.find(({ masterName }) => masterName === id) as SentinelDeployment
      const { host, port } = deployment.servers[0] as RedisServer
      return { masterName: id, addresses: deployment.addresses, primary: `${host}:${port}` }
    },
  }
}
