import { ConfigurationError } from '@redis-endpoint-failover/core'

const SUPPORTED = 'the Redis class of ioredis >= 5.4 and < 7'

/** Methods of ioredis that the transparent client builds on. */
const NEEDED = [
  'sendCommand',
  'pipeline',
  'multi',
  'call',
  'connect',
  'disconnect',
  'duplicate',
  'defineCommand',
  'createScanStream',
  'handleReconnection',
] as const

/** @throws ConfigurationError when `Redis` is not a class that this package knows how to work with */
export const checkSupportedClass = (redis: unknown): void => {
  if (typeof redis !== 'function') throw new ConfigurationError('Redis', redis, SUPPORTED)
  const prototype = redis.prototype as Record<string, unknown> | undefined
  if (prototype !== undefined && 'delayUntilReady' in prototype)
    throw new ConfigurationError('Redis', 'Cluster', `${SUPPORTED}; for Cluster there is createFailoverCluster()`)
  const missing = NEEDED.filter((name) => typeof prototype?.[name] !== 'function')
  if (missing.length > 0) throw new ConfigurationError('Redis', `without ${missing.join(', ')}`, SUPPORTED)
}

/** Methods of ioredis that the transparent Cluster client builds on. */
const NEEDED_OF_CLUSTER = [
  'sendCommand',
  'handleError',
  'pipeline',
  'multi',
  'connect',
  'disconnect',
  'quit',
  'duplicate',
  'nodes',
  'refreshSlotsCache',
  'delayUntilReady',
  'createScanStream',
] as const

const SUPPORTED_CLUSTER = 'the Cluster class of ioredis >= 5.4 and < 7'

/** @throws ConfigurationError when `Cluster` is not a class that this package knows how to work with */
export const checkSupportedCluster = (cluster: unknown): void => {
  if (typeof cluster !== 'function') throw new ConfigurationError('Cluster', cluster, SUPPORTED_CLUSTER)
  const prototype = cluster.prototype as Record<string, unknown> | undefined
  const missing = NEEDED_OF_CLUSTER.filter((name) => typeof prototype?.[name] !== 'function')
  if (missing.length > 0) throw new ConfigurationError('Cluster', `without ${missing.join(', ')}`, SUPPORTED_CLUSTER)
}
