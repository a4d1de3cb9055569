import type { RedisOptions } from './redis-options.ts'
import type { RedisServer } from './redis-server.ts'
import { SentinelDeployment } from './sentinel.ts'
import { allStarted, control, launch, startRedis } from './start-redis.ts'

export interface SentinelOptions extends Pick<RedisOptions, 'password' | 'aclUsers'> {
  /** For messages and the folders' names: `mymaster-1`, `mymaster-sentinel-1`, ... Also the name that Sentinels use. */
  masterName?: string
  /** Replicas of the primary. Default 2. */
  replicas?: number
  /** Default 3. */
  sentinels?: number
  /** How many Sentinels must miss the primary. Default: the majority. */
  quorum?: number
  /** `down-after-milliseconds`. Default 500. */
  downAfter?: number
  /** `failover-timeout` in milliseconds. Default 3000. */
  failoverTimeout?: number
  /** Password of the Sentinels' own default user. */
  sentinelPassword?: string
  /** Further settings of the data servers. */
  args?: Readonly<Record<string, string | number>>
}

/**
 * Starts a primary, its replicas, and Sentinels that watch them, on free ports of 127.0.0.1; resolves when all of them
 * know each other. With the defaults a dead primary is replaced after about two seconds.
 */
export async function startSentinel(options: SentinelOptions = {}): Promise<SentinelDeployment> {
  const { masterName = 'mymaster', replicas = 2, sentinels = 3 } = options
  const servers = await startServers(masterName, replicas, options)
  try {
    const watchers = await allStarted(
      Array.from({ length: sentinels }, (_, i) =>
        launchSentinel(`${masterName}-sentinel-${i + 1}`, servers[0]!, options),
      ),
    )
    servers.push(...watchers)
    const deployment = new SentinelDeployment(masterName, servers.slice(0, 1 + replicas), watchers)
    await deployment.waitUntilOk()
    return deployment
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()))
    throw error
  }
}

async function startServers(name: string, replicas: number, options: SentinelOptions): Promise<RedisServer[]> {
  const { password, aclUsers, args } = options
  const shared: RedisOptions = {
    ...(password !== undefined && { password }),
    ...(aclUsers !== undefined && { aclUsers }),
    ...(args !== undefined && { args }),
  }
  const primary = await startRedis({ ...shared, name: `${name}-1` })
  try {
    const followers = Array.from({ length: replicas }, (_, i) =>
      startRedis({ ...shared, name: `${name}-${i + 2}`, replicaOf: primary }),
    )
    return [primary, ...(await allStarted(followers))]
  } catch (error) {
    await primary.stop()
    throw error
  }
}

function launchSentinel(name: string, primary: RedisServer, options: SentinelOptions): Promise<RedisServer> {
  const { masterName = 'mymaster', sentinels = 3, downAfter = 500, failoverTimeout = 3000, sentinelPassword } = options
  const { quorum = Math.floor(sentinels / 2) + 1 } = options
  return launch(
    { name, ...(sentinelPassword !== undefined && { password: sentinelPassword }) },
    {
      // The same program, so that nothing more needs installing.
      sentinel: true,
      lines: [
        `sentinel monitor ${masterName} ${primary.host} ${primary.port} ${quorum}`,
        `sentinel down-after-milliseconds ${masterName} ${downAfter}`,
        `sentinel failover-timeout ${masterName} ${failoverTimeout}`,
        `sentinel auth-user ${masterName} ${control.username}`,
        `sentinel auth-pass ${masterName} ${control.password}`,
        `sentinel sentinel-user ${control.username}`,
        `sentinel sentinel-pass ${control.password}`,
      ],
    },
  )
}
