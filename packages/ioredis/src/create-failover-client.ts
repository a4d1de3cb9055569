import {
  ConfigurationError,
  checkFieldTypes,
  FailoverGroup,
  type FailoverGroupOptions,
  GROUP_OPTION_NAMES,
} from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { createIoredisAdapter } from './adapter/ioredis-adapter.ts'
import { createFailoverClass } from './client/failover-redis.ts'
import {
  checkClientOptions,
  type IoredisOptions,
  mergeOptions,
  type RedisConstructor,
  transparentOptions,
} from './client-options.ts'
import { checkSupportedClass } from './supported-client.ts'

export interface FailoverClientOptions<TClient> extends FailoverGroupOptions<IoredisOptions> {
  /** Your own `Redis` class of ioredis (>= 5.4, < 7), or a subclass of it. */
  // `| object`: `TClient` is inferred, and the compiler need not compare two whole clients, which takes it a second.
  readonly Redis: RedisConstructor<TClient | object>
  /** Options of every endpoint's connections and of the transparent client; an endpoint's own options win. */
  readonly clientOptions?: IoredisOptions
}

export interface FailoverClient<TClient> {
  /** An instance of your `Redis` class, whose commands go to whichever endpoint serves. */
  readonly client: TClient
  /** The endpoints behind it: events, state, operation. */
  readonly group: FailoverGroup<TClient, IoredisOptions>
}

/** @throws ConfigurationError for an option that does not exist */
export const checkNames = (options: object, own: readonly string[]): void => {
  checkFieldTypes('options', options, {})
  const known: readonly string[] = [...own, ...GROUP_OPTION_NAMES]
  for (const name of Object.keys(options))
    if (!known.includes(name))
      throw new ConfigurationError(name, 'present', `left out: the known options are ${known.join(', ')}`)
}

/**
 * Makes an ioredis client that follows the healthy endpoint. It starts by itself, as ioredis does, unless
 * `clientOptions.lazyConnect` is set; commands wait for the start. The group ends with its last client, or by
 * `group.close()`.
 *
 * @throws ConfigurationError naming the field, its value and what is allowed; nothing has been started then
 */
export const createFailoverClient = <TClient extends object>(
  options: FailoverClientOptions<TClient>,
): FailoverClient<TClient> => {
  checkNames(options, ['Redis', 'clientOptions'])
  const { Redis, clientOptions = {}, ...groupOptions } = options
  checkSupportedClass(Redis)
  checkClientOptions(clientOptions)
  const adapter = createIoredisAdapter(Redis, groupOptions.connectionSilenceTimeout)
  const group = new FailoverGroup<Redis, IoredisOptions>(adapter, groupOptions, {
    mergeOptions: (own) => mergeOptions(clientOptions, own),
  })
  const Client = createFailoverClass(Redis, group)
  return {
    client: new Client(transparentOptions(clientOptions)) as unknown as TClient,
    // Every connection's client is made by the user's own class.
    group: group as unknown as FailoverGroup<TClient, IoredisOptions>,
  }
}
