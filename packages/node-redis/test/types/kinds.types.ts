// Checked by tsc: of every kind, the client's type is exactly the one that the user's own factory returns.

import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import {
  cluster as clusterTarget,
  createFailoverCluster,
  createFailoverGroup,
  createFailoverPool,
  createFailoverSentinel,
  type FailoverGroup,
  type NodeRedisClusterOptions,
  standalone,
} from '../../src/index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const check = <T extends true>(): T | undefined => undefined

const rootNodes = [{ url: 'redis://node:6379' }]
const { client: cluster } = createFailoverCluster({
  create: createCluster,
  endpoints: [{ id: 'east', options: { rootNodes, defaults: { password: 'secret', socket: { tls: true } } } }],
})
const ownCluster = createCluster({ rootNodes })
check<Equal<typeof cluster, typeof ownCluster>>()

const create = (options: NodeRedisClusterOptions) => createCluster({ ...options, RESP: 2 })
const { client: resp2 } = createFailoverCluster({ create, endpoints: [{ id: 'east', options: { rootNodes } }] })
check<Equal<typeof resp2, ReturnType<typeof create>>>()

const { client: sentinel } = createFailoverSentinel({
  create: createSentinel,
  endpoints: [{ id: 'east', options: { name: 'mymaster', sentinelRootNodes: [{ host: 'a', port: 26379 }] } }],
})
const ownSentinel = createSentinel({ name: 'mymaster', sentinelRootNodes: [] })
check<Equal<typeof sentinel, typeof ownSentinel>>()

const { client: pool } = createFailoverPool({
  create: createClientPool,
  clientOptions: { pool: { maximum: 10 } },
  endpoints: [{ id: 'east', options: { url: 'redis://east:6379' } }],
})
const ownPool = createClientPool({})
check<Equal<typeof pool, typeof ownPool>>()

// @ts-expect-error a factory of something else
createFailoverCluster({ create: () => new Map<string, string>(), endpoints: [{ id: 'a', options: { rootNodes } }] })
// @ts-expect-error servers to find the Cluster by are needed
createFailoverCluster({ create: createCluster, endpoints: [{ id: 'east', options: {} }] })

const mixed = createFailoverGroup({
  endpoints: [
    { id: 'cluster', weight: 2, options: clusterTarget(createCluster, { rootNodes }) },
    { id: 'server', options: standalone(createClient, { url: 'redis://server:6379' }) },
  ],
})
const ownClient = createClient({})
check<Equal<typeof mixed extends FailoverGroup<infer C, infer _O> ? C : never, typeof ownCluster | typeof ownClient>>()
