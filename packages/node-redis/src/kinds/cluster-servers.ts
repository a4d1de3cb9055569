import { hashSlot, type ServerDirectory } from '@redis-endpoint-failover/core'

interface Node {
  readonly address: string
  readonly client?: { readonly isReady: boolean }
}

/** What a Cluster client of node-redis shows of its servers. */
interface Topology {
  readonly masters: readonly Node[]
  readonly replicas: readonly Node[]
  readonly slots: readonly ({ readonly master: Node } | undefined)[]
  nodeClient(node: Node): Promise<unknown>
}

interface ClusterServersPorts {
  readonly refresh: () => Promise<void>
  /** Connects to the server whose client it is given. */
  readonly open: (
    client: () => Promise<unknown>,
    onLost: (error: unknown) => void,
  ) => ReturnType<ServerDirectory['open']>
}

/** The servers of a Cluster, for subscriptions at them. */
export const clusterServers = (client: unknown, { refresh, open }: ClusterServersPorts): ServerDirectory => {
  const cluster = client as Topology
  const all = (): readonly Node[] => [...cluster.masters, ...cluster.replicas]
  return {
    locate: (shardChannel) => {
      if (shardChannel !== undefined) return cluster.slots[hashSlot(shardChannel)]?.master.address
      const ready = cluster.masters.filter(({ client: node }) => node?.isReady === true)
      const from = ready.length > 0 ? ready : cluster.masters
      return from[Math.floor(Math.random() * from.length)]?.address
    },
    has: (server) => all().some(({ address }) => address === server),
    refresh,
    open: (server, onLost) =>
      open(async () => {
        const node = all().find(({ address }) => address === server)
        if (node === undefined) throw new Error('The server has left the Cluster.')
        return node.client ?? (await cluster.nodeClient(node))
      }, onLost),
  }
}
