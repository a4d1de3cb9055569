import {
  type RedisCluster,
  type SentinelDeployment,
  startCluster,
  startSentinel,
} from '@redis-endpoint-failover/test-infra'
import { afterAll } from 'vitest'

/** Longer than a server hangs in these tests: nobody is to be promoted. */
const PATIENCE_MS = 60_000
/** Keys of different primaries. */
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** A Cluster of three servers that ends with the file. */
export const useHungCluster = () => {
  let cluster: RedisCluster
  afterAll(() => cluster?.stop())
  return {
    addresses: () => cluster.addresses,
    start: async () => {
      cluster = await startCluster({ name: 'east', replicas: 0, nodeTimeout: PATIENCE_MS })
      const hung = await cluster.primaryOf('hung')
      const owners = await Promise.all(KEYS.map((key) => cluster.primaryOf(key)))
      const elsewhere = KEYS[owners.findIndex((owner) => owner !== hung)] as string
      return { serverOf: (key: string) => cluster.primaryOf(key), elsewhere }
    },
  }
}

/** One server and one Sentinel that end with the file. */
export const useHungDeployment = () => {
  let deployment: SentinelDeployment
  afterAll(() => deployment?.stop())
  return {
    masterName: 'east',
    addresses: () => deployment.addresses,
    start: async () => {
      const options = { masterName: 'east', replicas: 0, sentinels: 1, quorum: 1, downAfter: PATIENCE_MS }
      deployment = await startSentinel(options)
      return { serverOf: () => deployment.primary() }
    },
  }
}
