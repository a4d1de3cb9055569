export {
  type Authority,
  type CertificateOptions,
  type Certificates,
  createAuthority,
  createCertificates,
} from './redis/certificates.ts'
export { RedisCluster } from './redis/cluster.ts'
export { type RawConnection, type RawConnectionOptions, openRawConnection } from './redis/raw-connection.ts'
export type { Credentials, RedisOptions, ReplicationSource } from './redis/redis-options.ts'
export { PortTakenError, type RedisServer } from './redis/redis-server.ts'
export { waitForReplication } from './redis/replication.ts'
export { type Reply, ReplyError } from './redis/resp.ts'
export { SentinelDeployment } from './redis/sentinel.ts'
export type { ServerSet } from './redis/server-set.ts'
export { type ClusterOptions, startCluster } from './redis/start-cluster.ts'
export { startRedis, startServers } from './redis/start-redis.ts'
export { type SentinelOptions, startSentinel } from './redis/start-sentinel.ts'

export type { ConnectionFaults, Direction, Faults } from './proxy/faults.ts'
export type { FaultProxy, ProxyTarget, SetFaultsOptions } from './proxy/fault-proxy.ts'
export { fillBacklog } from './proxy/fill-backlog.ts'
export type { ProxiedConnection } from './proxy/proxied-connection.ts'
export { type ProxyOptions, startProxy } from './proxy/start-proxy.ts'

export { type ProgramSource, ensureProgram } from './program/ensure-program.ts'
export { findOnPath } from './program/find-program.ts'
export { findRedisServer, haproxySource, mariadbServerSource, redisServerSource } from './program/programs.ts'

export { isAlive } from './process/is-alive.ts'
export { ManagedProcess, type ProcessOptions, type SignalSent } from './process/managed-process.ts'
export { makeTemporaryFolder, removeTemporaryFolder } from './process/temporary-folder.ts'

export { freePort } from './ports.ts'
export { type EventuallyOptions, blockEventLoop, eventually } from './waiting.ts'
