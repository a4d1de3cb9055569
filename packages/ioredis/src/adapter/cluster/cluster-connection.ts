import {
  type AdapterConnection,
  type CommandArgument,
  type ConnectionRequest,
  ServersLink,
  type SubscriberHandlers,
  type SubscriberLink,
  type TopologyQuestion,
  type TopologyReport,
} from '@redis-endpoint-failover/core'
import type { Cluster, Redis } from 'ioredis'
import { CONNECTION_CLOSED, NOT_WRITABLE } from '../classify-ioredis-error.ts'
import { holdStream, streamBytes } from '../client-stream.ts'
import { asIoredisArgument } from '../endpoint-connection.ts'
import { keepSecrets } from '../keep-secrets.ts'
import { SilentNodes } from '../silent-nodes.ts'
import type { IoredisClusterOptions } from './cluster-options.ts'
import { clusterServers } from './cluster-servers.ts'
import { examineCluster } from './examine-cluster.ts'
import { CLUSTER_ENDED, SlotWaits } from './slot-waits.ts'
import { markWhenWritten } from './written-commands.ts'

/** What the group's options say that concerns single nodes. */
export interface ClusterSettings {
  readonly group: string
  readonly selectionTimeout: number
  readonly maxWaiting: number
  readonly connectionSilenceTimeout: number
}

/** One ioredis Cluster client with its connections, as the core wants it. */
export class ClusterConnection implements AdapterConnection<Cluster> {
  // Private, because ioredis prints its options, password included.
  readonly #client: Cluster
  readonly #request: ConnectionRequest<IoredisClusterOptions>
  readonly #waits: SlotWaits
  readonly #silentNodes: SilentNodes
  #established = false
  #ended = false
  #held = true
  #lastError: unknown
  #abandon = (): void => {}
  readonly #destroyed = new AbortController()
  #subscriptions: ServersLink | undefined

  constructor(client: Cluster, request: ConnectionRequest<IoredisClusterOptions>, settings: ClusterSettings) {
    this.#client = client
    this.#request = request
    const { group, selectionTimeout, maxWaiting, connectionSilenceTimeout } = settings
    const { endpointId, connectTimeout } = request
    this.#waits = new SlotWaits({ client, group, endpointId, timeoutMs: selectionTimeout, max: maxWaiting })
    const nodes = (): Redis[] => client.nodes()
    this.#silentNodes = new SilentNodes({ nodes, silenceTimeout: connectionSilenceTimeout, connectTimeout })
    const keepError = (error: unknown): void => {
      // The first one is the cause; what follows is not.
      this.#lastError ??= error
    }
    client.on('error', () => {})
    client.on('node error', keepError)
    keepSecrets(client.options.redisOptions)
    client.on('+node', (node: Redis) => {
      keepSecrets(node.options)
      node.on('ready', () => keepSecrets((node as unknown as { readonly condition: object | null }).condition))
      if (!this.#held) holdStream(node, false)
      node.on('connect', () => holdStream(node, this.#held))
    })
    markCommands(client)
  }

  get client(): Cluster {
    return this.#client
  }

  async connect(): Promise<void> {
    const { client } = this
    const abandoned = new Promise<never>((_resolve, reject) => {
      this.#abandon = () => reject(new Error(CONNECTION_CLOSED))
    })
    const ended = (): void => this.#abandon()
    client.once('end', ended)
    try {
      await Promise.race([client.connect(), abandoned])
    } catch (error) {
      // ioredis says "None of startup nodes is available" whatever the reason was.
      throw this.#lastError ?? error
    } finally {
      client.off('end', ended)
    }
    this.#lastError = undefined
    this.#established = true
    for (const event of ['close', 'end']) client.once(event, () => this.#lost())
    this.#silentNodes.start()
  }

  command(args: readonly CommandArgument[]): Promise<unknown> {
    if (!this.isUsable()) return Promise.reject(new Error(NOT_WRITABLE))
    const [name, ...rest] = args
    return this.client.call(String(name), ...rest.map(asIoredisArgument))
  }

  examineTopology(question: TopologyQuestion): Promise<TopologyReport> {
    return examineCluster(this.client, question)
  }

  destroy(): void {
    if (this.#ended) return
    this.#ended = true
    this.#silentNodes.stop()
    this.#destroyed.abort()
    this.#subscriptions?.destroy()
    const { client } = this
    const nodes = client.nodes()
    // One that is closed already would be "disconnecting" for ever, and keep what it is given.
    if (client.status !== 'close' && client.status !== 'end') client.disconnect()
    // Not set before the socket exists.
    for (const node of nodes) node.stream?.destroy()
    this.#waits.end()
    // Not in the public types.
    ;(client as unknown as { flushQueue(error: Error): void }).flushQueue(new Error(CLUSTER_ENDED))
    this.#abandon()
  }

  isUsable(): boolean {
    // Without a primary left, those replicas that were never connected to keep it "ready".
    return this.client.status === 'ready' && !this.#ended && this.client.nodes('master').length > 0
  }

  bytesRead(): number | undefined {
    let total = 0
    for (const node of this.client.nodes()) total += streamBytes(node) ?? 0
    return total
  }

  unref(): void {
    this.#hold(false)
  }

  ref(): void {
    this.#hold(true)
  }

  subscriber(handlers: SubscriberHandlers): SubscriberLink {
    const { endpointId, connectTimeout } = this.#request
    const lifetime = { connectTimeout, signal: this.#destroyed.signal }
    this.#subscriptions = new ServersLink(clusterServers(this.client, endpointId, lifetime), handlers)
    return this.#subscriptions
  }

  #hold(held: boolean): void {
    this.#held = held
    this.#subscriptions?.hold(held)
    for (const node of this.client.nodes()) holdStream(node, held)
    if (held) this.#silentNodes.ref()
    else this.#silentNodes.unref()
  }

  #lost(): void {
    if (this.#ended || !this.#established) return
    this.#established = false
    this.#request.onLost(this.#lastError ?? new Error(CONNECTION_CLOSED))
  }
}

const markCommands = (client: Cluster): void => {
  const send = client.sendCommand.bind(client)
  client.sendCommand = (command, stream, node) => {
    markWhenWritten(command)
    return send(command, stream, node)
  }
}
