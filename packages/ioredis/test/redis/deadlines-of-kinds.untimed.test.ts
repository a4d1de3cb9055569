import {
  describeDeadlinesOfKinds,
  type LimitedClient,
  useHungCluster,
  useHungDeployment,
} from '@redis-endpoint-failover/testkit'
import { Cluster, Redis } from 'ioredis'
import { createFailoverClient, createFailoverCluster } from '../../src/index.ts'

const groupOptionsOf = (commandTimeout: number | undefined) => (commandTimeout === undefined ? {} : { commandTimeout })

const limited = (client: Redis | Cluster, group: LimitedClient['group']): LimitedClient => ({
  group,
  connect: () => client.connect(),
  get: (key) => client.get(key),
  incr: (key) => client.incr(key),
  raw: (name, key) => client.call(name, key),
  transaction: (key) => client.multi().incr(key).exec(),
  pipeline: (key) =>
    client
      .pipeline()
      .get(key)
      .exec()
      .then((results) => {
        const [[error, reply]] = results as [[Error | null, unknown]]
        if (error !== null) throw error
        return reply
      }),
})

const cluster = useHungCluster()
describeDeadlinesOfKinds({
  name: 'an ioredis Cluster client',
  start: cluster.start,
  perCall: false,
  createClient: ({ commandTimeout, clientTimeout }) => {
    const redisOptions = clientTimeout === undefined ? {} : { commandTimeout: clientTimeout }
    const { client, group } = createFailoverCluster({
      Cluster,
      clientOptions: { lazyConnect: true, redisOptions },
      endpoints: [{ id: 'east', options: { nodes: cluster.addresses() } }],
      ...groupOptionsOf(commandTimeout),
    })
    return limited(client, group)
  },
})

const deployment = useHungDeployment()
describeDeadlinesOfKinds({
  name: 'an ioredis client of Sentinels',
  start: deployment.start,
  perCall: false,
  createClient: ({ commandTimeout, clientTimeout }) => {
    const { client, group } = createFailoverClient({
      Redis,
      clientOptions: { lazyConnect: true, ...groupOptionsOf(clientTimeout) },
      endpoints: [{ id: 'east', options: { name: 'east', sentinels: deployment.addresses() } }],
      ...groupOptionsOf(commandTimeout),
    })
    return limited(client, group)
  },
})
