export {
  createFailoverClient,
  type FailoverClient,
  type FailoverClientOptions,
} from './create-failover-client.ts'
export type { IoredisOptions, RedisConstructor } from './client-options.ts'

export * from '@redis-endpoint-failover/core'
