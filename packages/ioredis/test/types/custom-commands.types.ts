// Checked by tsc: commands that an app adds to the types of ioredis, as its README says, are there on our client too.

import { Redis, type RedisCommander, type Result } from 'ioredis'
import { createFailoverClient } from '../../src/index.ts'
import { check, type Equal, type Interchangeable } from './equal.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    double(value: number): Result<number, Context>
  }
}

const endpoints = [{ id: 'east', options: { host: 'east' } }]
const bare = new Redis({ lazyConnect: true })
const { client } = createFailoverClient({ Redis, endpoints })
check<Interchangeable<typeof client, typeof bare>>()
check<Interchangeable<typeof client, Redis>>()
client satisfies RedisCommander

/** An app's own code, written for the class that ioredis exports. */
const app = async (redis: Redis): Promise<string | null> => redis.get('a')

let ours = client
let theirs = bare
theirs = ours
ours = theirs

export const replies = async () => {
  const doubled = await client.double(2)
  check<Equal<typeof doubled, number>>()
  const score = await client.zscore('z', 'a')
  const bareScore = await bare.zscore('z', 'a')
  check<Equal<typeof score, typeof bareScore>>()
  const range = await client.zrange('z', '0', '-1', 'WITHSCORES')
  const bareRange = await bare.zrange('z', '0', '-1', 'WITHSCORES')
  check<Equal<typeof range, typeof bareRange>>()
  const batch = await client.multi().double(2).get('a').exec()
  const bareBatch = await bare.multi().double(2).get('a').exec()
  check<Equal<typeof batch, typeof bareBatch>>()
  // @ts-expect-error: what tells that these checks can fail
  check<Equal<typeof doubled, typeof score>>()
  return [app(client), app(bare), range, batch]
}
