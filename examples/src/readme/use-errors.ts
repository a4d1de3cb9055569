import { AmbiguousResultError, createFailoverClient, NoEndpointAvailableError } from '@redis-endpoint-failover/ioredis'
import { Redis } from 'ioredis'

const { client } = createFailoverClient({
  Redis,
  // What may run twice without harm is repeated by itself; Redis cannot know that, only you can.
  retry: { isIdempotent: ([name, key]) => name === 'set' && String(key).startsWith('cache:') },
  endpoints: JSON.parse(process.env.REDIS_ENDPOINTS!),
})

export async function pay(order: string): Promise<'paid' | 'unknown' | 'later'> {
  try {
    await client.lpush('payments', order)
    return 'paid'
  } catch (error) {
    if (NoEndpointAvailableError.isInstance(error)) return 'later' // certainly not executed: safe to repeat
    if (AmbiguousResultError.isInstance(error)) return 'unknown' // look first, then decide
    throw error // what the server itself answered
  }
}
