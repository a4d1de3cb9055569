import { eventually, type RedisServer } from '@redis-endpoint-failover/test-infra'

/** Makes a running server a replica of another one; resolves when it has copied the data set. */
export async function follow(
  replica: RedisServer,
  master: Pick<RedisServer, 'host' | 'port' | 'control'>,
): Promise<void> {
  const { username, password } = master.control
  await replica.command('CONFIG', 'SET', 'masteruser', username, 'masterauth', password)
  await replica.command('REPLICAOF', master.host, master.port)
  await eventually(async () => String(await replica.command('INFO', 'replication')).includes('master_link_status:up'))
}
