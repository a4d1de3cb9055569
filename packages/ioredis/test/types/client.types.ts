import { Cluster, Redis } from 'ioredis'
import {
  createFailoverClient,
  createFailoverCluster,
  type FailoverGroup,
  type IoredisClusterOptions,
  type IoredisOptions,
} from '../../src/index.ts'
import { check, type Equal } from './equal.ts'

const endpoints = [{ id: 'east', options: { url: 'redis://east', tls: {} } }]

const { client, group } = createFailoverClient({ Redis, endpoints })
check<Equal<typeof client, Redis>>()
check<Equal<typeof group, FailoverGroup<Redis, IoredisOptions>>>()

// In both directions.
const asRedis: Redis = client
const back: typeof client = asRedis
back satisfies Redis

// A class of the user's own, with commands of its own.
class Shop extends Redis {
  basket(id: string): Promise<string | null> {
    return this.get(`basket:${id}`)
  }
}
const shop = createFailoverClient({ Redis: Shop, endpoints })
check<Equal<typeof shop.client, Shop>>()
shop.client.basket('1') satisfies Promise<string | null>

// @ts-expect-error: an endpoint needs options
createFailoverClient({ Redis, endpoints: [{ id: 'east' }] })
// @ts-expect-error: not an option of ioredis
createFailoverClient({ Redis, endpoints: [{ id: 'east', options: { hots: 'east' } }] })

const clusters = [{ id: 'east', options: { nodes: [{ host: 'east-1' }], redisOptions: { password: 'secret' } } }]
const ofClusters = createFailoverCluster({ Cluster, endpoints: clusters })
check<Equal<typeof ofClusters.client, Cluster>>()
check<Equal<typeof ofClusters.group, FailoverGroup<Cluster, IoredisClusterOptions>>>()

// @ts-expect-error: an endpoint needs nodes
createFailoverCluster({ Cluster, endpoints: [{ id: 'east', options: {} }] })
// @ts-expect-error: the nodes are those of an endpoint
createFailoverCluster({ Cluster, endpoints: clusters, clientOptions: { nodes: [{ host: 'east' }] } })
