import { DurabilityUnknownError, type ManagedConnection } from '@redis-endpoint-failover/core'

/** The client of one server of a Cluster, as far as this looks at it. */
interface NodeClient {
  /** Counts the sockets that the client has had. */
  readonly socketEpoch: number
}

interface ClusterNode {
  readonly client?: unknown
}

interface NativeCluster {
  readonly masters: readonly ClusterNode[]
  nodeClient(node: ClusterNode): unknown
}

type Connection = ManagedConnection<unknown>

/** The connections to the primaries, one of which carries each write: the client of each, and its socket. */
interface Carriers {
  readonly connection: Connection
  readonly sockets: ReadonlyMap<unknown, number>
}

/**
 * The writes of a Cluster client that WAIT is asked about. It asks all primaries, and the least that one of them says is
 * the answer, as later versions of node-redis do. But a server knows only of the writes of the socket that it is asked on:
 * where one was replaced since, it would vouch for writes that it knows nothing of.
 */
export class WaitableWrites {
  /** As they were at the first write that WAIT has not answered for. */
  #carriers: Carriers | undefined
  #written = 0
  #isRefused = false

  /** A write is about to go to this connection. */
  note(connection: Connection): void {
    this.#written += 1
    // Whoever was refused has been told of the writes before.
    if (this.#carriers !== undefined && !this.#isRefused) return
    this.#isRefused = false
    this.#carriers = { connection, sockets: socketsOf(connection) }
  }

  /**
   * Asks every primary, and tells the least of the answers.
   *
   * @throws DurabilityUnknownError
   */
  async ask(name: string, connection: Connection, ask: (node: unknown) => Promise<unknown>): Promise<unknown> {
    const cluster = connection.client as NativeCluster
    const nodes = await Promise.all([...cluster.masters].map((node) => cluster.nodeClient(node)))
    this.#check(name, connection)
    const written = this.#written
    const answers = await Promise.all(nodes.map(ask))
    // A socket may have been replaced before it was asked.
    this.#check(name, connection)
    if (written === this.#written) this.#carriers = undefined
    return answers.reduce(leastOf)
  }

  #check(name: string, connection: Connection): void {
    if (this.#carriers === undefined || areStill(this.#carriers, connection)) return
    this.#isRefused = true
    throw new DurabilityUnknownError(name, this.#carriers.connection.endpointId)
  }
}

const socketsOf = ({ client }: Connection): ReadonlyMap<unknown, number> => {
  const clients = (client as NativeCluster).masters.flatMap((node) => (node.client === undefined ? [] : [node.client]))
  return new Map(clients.map((node) => [node, (node as NodeClient).socketEpoch]))
}

// A primary that was connected to later may have had one socket since.
const areStill = ({ connection, sockets }: Carriers, asked: Connection): boolean => {
  if (connection !== asked) return false
  const now = socketsOf(asked)
  return (
    [...sockets].every(([client, socket]) => now.get(client) === socket) &&
    [...now].every(([client, socket]) => sockets.has(client) || socket <= 1)
  )
}

/** The smaller of two answers: WAIT gives a number, as whatever it is mapped to, WAITAOF a list of numbers. */
export const leastOf = (one: unknown, other: unknown): unknown =>
  Array.isArray(one) && Array.isArray(other)
    ? one.map((value, index) => leastOf(value, other[index]))
    : Number(other) < Number(one)
      ? other
      : one
