import {
  ConfigurationError,
  checkFieldTypes,
  type EndpointConfig,
  FailoverGroup,
  type FailoverGroupOptions,
  GROUP_OPTION_NAMES,
} from '@redis-endpoint-failover/core'
import { classifyError } from './classify-error.ts'
import type { EndpointTarget } from './kinds/endpoint-target.ts'

type Target = EndpointConfig<EndpointTarget>
type ClientOf<TEndpoint> = TEndpoint extends { readonly options: EndpointTarget<infer TClient> } ? TClient : never

export interface MixedGroupOptions<TEndpoint extends Target> extends Omit<FailoverGroupOptions, 'endpoints'> {
  /** `options` are made by `standalone()`, `pool()`, `cluster()` or `sentinel()`. */
  readonly endpoints: readonly TEndpoint[]
}

/**
 * Makes a group whose endpoints are of different kinds: a Cluster, and one server to fall back to. There is no client
 * that is all of them at once, so the one in use is borrowed from the group. Nothing is connected until `group.start()`.
 *
 * @throws ConfigurationError
 */
export const createFailoverGroup = <TEndpoint extends Target>(
  options: MixedGroupOptions<TEndpoint>,
): FailoverGroup<ClientOf<TEndpoint>, EndpointTarget<ClientOf<TEndpoint>>> => {
  checkFieldTypes('options', options, {})
  for (const name of Object.keys(options))
    if (!(GROUP_OPTION_NAMES as readonly string[]).includes(name))
      throw new ConfigurationError(name, 'present', `one of ${GROUP_OPTION_NAMES.join(', ')}`)
  const group = new FailoverGroup<unknown, EndpointTarget>(
    {
      name: 'node-redis',
      createConnection: ({ options: target, ...request }) => target.open(request),
      classifyError,
      endpointKind: ({ endpointKind }) => endpointKind,
      describeAddress: ({ address }) => address,
    },
    options,
    { mergeOptions: checkTarget },
  )
  return group as unknown as FailoverGroup<ClientOf<TEndpoint>, EndpointTarget<ClientOf<TEndpoint>>>
}

// Also of endpoints that are added later.
const checkTarget = (target: EndpointTarget): EndpointTarget => {
  if (typeof target.open !== 'function')
    throw new ConfigurationError(
      'endpoints[].options',
      'an object of something else',
      'made by standalone(), pool(), cluster() or sentinel()',
    )
  return target
}
