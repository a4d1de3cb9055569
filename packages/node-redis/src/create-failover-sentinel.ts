import { FailoverGroup, type FailoverGroupOptions } from '@redis-endpoint-failover/core'
import { generateClient } from './generated/generate-client.ts'
import { SENTINEL } from './generated/kinds.ts'
import type { AnyGroup } from './generated/late-router.ts'
import { checkFactoryOptions, checkServers } from './kinds/check-factory-options.ts'
import { createSentinelAdapter } from './kinds/kind-adapter.ts'
import { type NodeRedisSentinel, type NodeRedisSentinelOptions, phantomSentinel } from './kinds/sentinel.ts'

export interface FailoverSentinelOptions<TSentinel extends NodeRedisSentinel>
  extends FailoverGroupOptions<NodeRedisSentinelOptions> {
  /**
   * Makes a Sentinel client: `createSentinel`, or `(options) => createSentinel({ ...options, modules })`. Called once for
   * the generated client, which never connects, and once for each connection to an endpoint; it should not connect.
   */
  readonly create: (options: NodeRedisSentinelOptions) => TSentinel
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
export const createFailoverSentinel = <TSentinel extends NodeRedisSentinel>(
  options: FailoverSentinelOptions<TSentinel>,
): FailoverSentinel<TSentinel> => {
  const { create, clientOptions = {}, ...groupOptions } = checkFactoryOptions(options, 'createSentinel')
  const group = new FailoverGroup<TSentinel, NodeRedisSentinelOptions>(createSentinelAdapter(create), groupOptions, {
    mergeOptions: (own) => mergeSentinelOptions(clientOptions, own),
  })
  const client = generateClient<TSentinel>({
    makePhantom: () => phantomSentinel(create, clientOptions),
    kind: SENTINEL,
    commandTimeout: clientOptions.commandOptions?.timeout,
    group: group as unknown as AnyGroup,
  })
  return { client, group }
}

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
