import { type ClientAdapter, FailoverGroup, type FailoverGroupOptions } from '@redis-endpoint-failover/core'
import { checkFactoryOptions } from '../kinds/check-factory-options.ts'
import { type GeneratedKind, generateClient } from './generate-client.ts'
import type { AnyGroup } from './late-router.ts'

/** What the factories of all kinds are given. */
interface GivenOptions<TOptions, TShared> extends FailoverGroupOptions<TOptions> {
  readonly create: unknown
  readonly clientOptions?: TShared
}

/** What differs between them. */
export interface KindOfFactory<TClient, TOptions, TShared, TCreate> {
  /** The function of node-redis that makes such a client, for messages. */
  readonly maker: string
  readonly kind: GeneratedKind
  readonly adapter: (create: TCreate) => ClientAdapter<TClient, TOptions>
  /** An endpoint's options over those of all. @throws ConfigurationError */
  readonly merge: (shared: TShared, own: TOptions) => TOptions
  /** Makes a client that never connects. */
  readonly phantom: (create: TCreate, shared: TShared) => TClient
}

/** Makes a failover client of one kind, and its group. @throws ConfigurationError */
export const makeKind = <
  TClient extends object,
  TOptions,
  TShared extends { readonly commandOptions?: { readonly timeout?: number } },
  TCreate,
>(
  options: GivenOptions<TOptions, TShared>,
  { maker, kind, adapter, merge, phantom }: KindOfFactory<TClient, TOptions, TShared, TCreate>,
): { readonly client: TClient; readonly group: FailoverGroup<TClient, TOptions> } => {
  const { create: given, clientOptions = {} as TShared, ...groupOptions } = checkFactoryOptions(options, maker)
  const create = given as TCreate
  const group = new FailoverGroup<TClient, TOptions>(adapter(create), groupOptions, {
    mergeOptions: (own) => merge(clientOptions, own),
  })
  const client = generateClient<TClient>({
    makePhantom: () => phantom(create, clientOptions),
    kind,
    commandTimeout: clientOptions.commandOptions?.timeout,
    group: group as unknown as AnyGroup,
  })
  return { client, group }
}
