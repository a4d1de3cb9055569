import type { FailoverGroup } from '@redis-endpoint-failover/ioredis'
import type { Redis } from 'ioredis'

export const choose = async (group: FailoverGroup<Redis>, signal: AbortSignal): Promise<void> => {
  // #region
  const near = await group.acquire({ operation: 'read', zone: 'us-east-1', timeout: 100, signal })
  const other = await group.acquire({ exclude: [near.endpointId] }) // compare two endpoints
  console.log(await near.client.dbsize(), await other.client.dbsize())
  near.release()
  other.destroy() // ends the connection instead of giving it back

  console.table(group.snapshot().endpoints.map(({ id, pool }) => ({ id, ...pool }))) // open, idle, lent, waiting
  // #endregion
}
