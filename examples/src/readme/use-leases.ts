import type { FailoverGroup } from '@redis-endpoint-failover/node-redis'
import type { createClient } from 'redis'

type Native = ReturnType<typeof createClient>

export const directAccess = async (group: FailoverGroup<Native>): Promise<void> => {
  // #region
  // A function, run on a native client of the endpoint in use. It may run twice, so it is run again after a failover.
  const greeting = await group.execute((native) => native.get('greeting'), { idempotent: true, timeout: 200 })

  // A native client for as long as you need it; nobody else has it meanwhile.
  const lease = await group.acquire()
  try {
    await lease.client.watch('stock')
    const left = Number(await lease.client.get('stock'))
    if (left > 0) await lease.client.multi().decr('stock').lPush('orders', String(greeting)).exec()
    else await lease.client.unwatch()
  } finally {
    lease.release()
  }
  // #endregion
}
