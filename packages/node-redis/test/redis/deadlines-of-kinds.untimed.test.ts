import {
  describeDeadlinesOfKinds,
  type LimitedClient,
  useHungCluster,
  useHungDeployment,
} from '@redis-endpoint-failover/testkit'
import { createCluster, createSentinel } from 'redis'
import { createFailoverCluster, createFailoverSentinel } from '../../src/index.ts'

type Limits = Parameters<LimitedClient['get']>[1]

const optionsOf = ({ timeout, signal }: NonNullable<Limits>) => ({
  ...(timeout === undefined ? {} : { timeout }),
  ...(signal === undefined ? {} : { abortSignal: signal }),
})
const clientOptionsOf = (timeout: number | undefined) => (timeout === undefined ? {} : { commandOptions: { timeout } })
const groupOptionsOf = (commandTimeout: number | undefined) => (commandTimeout === undefined ? {} : { commandTimeout })

/** What Cluster and Sentinel clients have in common; raw commands they take each in its own way. */
const limited = (
  client: ReturnType<typeof createCluster>,
  group: LimitedClient['group'],
  raw: LimitedClient['raw'],
): LimitedClient => {
  const view = (limits: Limits) => (limits === undefined ? client : client.withCommandOptions(optionsOf(limits)))
  return {
    group,
    raw,
    connect: () => client.connect(),
    get: (key, limits) => view(limits).get(key),
    incr: (key, limits) => view(limits).incr(key),
    transaction: (key, limits) => view(limits).multi().incr(key).exec(),
    pipeline: (key, limits) => view(limits).multi().get(key).execAsPipeline(),
  }
}

const cluster = useHungCluster()
describeDeadlinesOfKinds({
  name: 'a node-redis Cluster client',
  start: cluster.start,
  perCall: true,
  createClient: ({ commandTimeout, clientTimeout }) => {
    const { client, group } = createFailoverCluster({
      create: (options) => createCluster(options),
      clientOptions: clientOptionsOf(clientTimeout),
      endpoints: [{ id: 'east', options: { rootNodes: cluster.addresses().map((socket) => ({ socket })) } }],
      ...groupOptionsOf(commandTimeout),
    })
    return limited(client as never, group, (name, key, limits) =>
      client.sendCommand(key, name === 'GET', [name, key], optionsOf(limits ?? {})),
    )
  },
})

const deployment = useHungDeployment()
describeDeadlinesOfKinds({
  name: 'a node-redis Sentinel client',
  start: deployment.start,
  perCall: true,
  createClient: ({ commandTimeout, clientTimeout }) => {
    const { client, group } = createFailoverSentinel({
      create: (options) => createSentinel(options),
      clientOptions: clientOptionsOf(clientTimeout),
      endpoints: [{ id: 'east', options: { name: 'east', sentinelRootNodes: deployment.addresses() } }],
      ...groupOptionsOf(commandTimeout),
    })
    return limited(client as never, group, (name, key, limits) =>
      client.sendCommand(name === 'GET', [name, key], optionsOf(limits ?? {})),
    )
  },
})
