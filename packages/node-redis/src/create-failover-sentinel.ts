import type { FailoverGroup, FailoverGroupOptions } from '@redis-endpoint-failover/core'
import type { FactoryOf } from './client-factory.ts'
import { SENTINEL } from './generated/kinds.ts'
import { makeKind } from './generated/make-kind.ts'
import { checkServers } from './kinds/check-factory-options.ts'
import { createSentinelAdapter } from './kinds/kind-adapter.ts'
import { type NodeRedisSentinel, type NodeRedisSentinelOptions, phantomSentinel } from './kinds/sentinel.ts'

export interface FailoverSentinelOptions<TSentinel> extends FailoverGroupOptions<NodeRedisSentinelOptions> {
  /**
   * Makes a Sentinel client: `createSentinel`, or `(options) => createSentinel({ ...options, modules })`. Called once for
   * the generated client, which never connects, and once for each connection to an endpoint; it should not connect.
   */
  readonly create: FactoryOf<TSentinel, [options: NodeRedisSentinelOptions], NodeRedisSentinel>
  /** Options for all endpoints; those for connections are merged field by field. */
  readonly clientOptions?: Partial<NodeRedisSentinelOptions>
}

export interface FailoverSentinel<TSentinel> {
  /** Of exactly the type that `create` returns. Its commands go to the primary of whichever deployment serves. */
  readonly client: TSentinel
  /** The deployments behind it: events, health, switching. Ends with its last client, or by `group.close()`. */
  readonly group: FailoverGroup<TSentinel, NodeRedisSentinelOptions>
}

/**
 * Makes a Sentinel client that fails over between whole Sentinel-managed deployments. Nothing is connected until
 * `client.connect()` or `group.start()`.
 *
 * @throws ConfigurationError
 */
export const createFailoverSentinel = <TSentinel>(
  options: FailoverSentinelOptions<TSentinel>,
): FailoverSentinel<TSentinel> =>
  // `create` makes clients of the type `TSentinel`, and nothing else reaches the group.
  makeKind<
    NodeRedisSentinel,
    NodeRedisSentinelOptions,
    Partial<NodeRedisSentinelOptions>,
    (options: NodeRedisSentinelOptions) => NodeRedisSentinel
  >(options, {
    maker: 'createSentinel',
    kind: SENTINEL,
    adapter: createSentinelAdapter,
    merge: mergeSentinelOptions,
    phantom: phantomSentinel,
  }) as unknown as FailoverSentinel<TSentinel>

/** @throws ConfigurationError where no Sentinel is named */
export const mergeSentinelOptions = (
  shared: Partial<NodeRedisSentinelOptions>,
  own: NodeRedisSentinelOptions,
): NodeRedisSentinelOptions => {
  const merged = { ...shared, ...own }
  checkServers('endpoints[].options.sentinelRootNodes', merged.sentinelRootNodes)
  return {
    ...merged,
    nodeClientOptions: { ...shared.nodeClientOptions, ...own.nodeClientOptions },
    sentinelClientOptions: { ...shared.sentinelClientOptions, ...own.sentinelClientOptions },
  }
}
