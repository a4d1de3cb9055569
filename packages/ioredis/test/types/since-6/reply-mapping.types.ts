import { Redis } from 'ioredis'
import { createFailoverClient } from '../../../src/index.ts'
import { check, type Equal, type Interchangeable } from '../equal.ts'

const endpoints = [{ id: 'east', options: { host: 'east' } }]

// Another reply mapping is named, as `new Redis` would infer it.
const { client } = createFailoverClient<Redis<'resp3'>>({
  Redis,
  endpoints,
  clientOptions: { replyMapping: 'resp3' },
})
const bare = new Redis({ replyMapping: 'resp3', lazyConnect: true })
check<Equal<typeof client, Redis<'resp3'>>>()
check<Interchangeable<typeof client, typeof bare>>()

export const replies = async () => {
  const score = await client.zscore('z', 'a')
  const bareScore = await bare.zscore('z', 'a')
  check<Equal<typeof score, typeof bareScore>>()
  const scoreByDefault = await new Redis().zscore('z', 'a')
  // @ts-expect-error: what tells that this check can fail
  check<Equal<typeof score, typeof scoreByDefault>>()
}
