import { Redis } from 'ioredis'
import { createFailoverClient, type Lease } from '../../src/index.ts'
import { check, type Equal } from './equal.ts'

class Shop extends Redis {
  basket(id: string): Promise<string | null> {
    return this.get(`basket:${id}`)
  }
}

const endpoints = [{ id: 'east', options: { host: 'east' } }]
const plain = createFailoverClient({ Redis, endpoints })
const shop = createFailoverClient({ Redis: Shop, endpoints })

// A lease is exactly a client of the user's own class.
export const direct = async () => {
  const ofPlain = await plain.group.acquire({ operation: 'read', zone: 'a', exclude: ['east'], timeout: 5 })
  check<Equal<typeof ofPlain.client, Redis>>()
  const lease = await shop.group.acquire()
  check<Equal<typeof lease, Lease<Shop>>>()
  check<Equal<typeof lease.client, Shop>>()
  const basket = await shop.group.execute((native, { attempt }) => native.basket(String(attempt)), { idempotent: true })
  check<Equal<typeof basket, string | null>>()
  // @ts-expect-error: not an option
  await shop.group.acquire({ priority: 1 })
  // @ts-expect-error: only the client's own methods
  await plain.group.execute((native) => native.basket('1'))
}
