// Use it
export { createFailoverClient, type FailoverClient, type FailoverClientOptions } from './create-failover-client.ts'
export type { ClientFactory } from './client-factory.ts'
export type { NodeRedisOptions, NodeRedisSocketOptions } from './options/node-redis-options.ts'
export type { NodeRedisClient } from './native/node-redis-client.ts'

// Build a group of your own on it
export { createNodeRedisAdapter } from './node-redis-adapter.ts'

// Everything else: groups, events, strategies, health checks, errors
export * from '@redis-endpoint-failover/core'
