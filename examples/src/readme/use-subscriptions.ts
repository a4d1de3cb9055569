import { createFailoverClient } from '@redis-endpoint-failover/ioredis'
import { Redis } from 'ioredis'

const { client, group } = createFailoverClient({ Redis, endpoints: [{ id: 'east', options: { host: 'east' } }] })
const show = (price: string | null): void => console.log(price)

// #region
client.on('message', (_channel, price) => show(price))
await client.subscribe('price')

group.on('subscriptions-moved', async ({ gapMs }) => {
  console.warn(`messages of the last ${Math.round(gapMs)} ms may be missing`)
  show(await client.get('price'))
})
// #endregion
