import type { ClientAdapter } from '@redis-endpoint-failover/core'
import { describe } from 'vitest'
import type { ServerAddress } from '../server-address.ts'
import { AdapterBench } from './adapter-bench.ts'
import { describeBursts } from './bursts.ts'
import { describeConnecting } from './connecting.ts'
import { describeDestroying } from './destroying.ts'
import { describeFailedConnects } from './failed-connects.ts'
import { describeLostConnections } from './lost-connections.ts'
import { describeReplies } from './replies.ts'
import { describeSecrets } from './secrets.ts'
import { describeServerErrors } from './server-errors.ts'
import { describeSubscribing } from './subscribing.ts'

/** What differs from one client to another, and is right for it. */
export interface AdapterExpectations {
  /** The client shows the bytes that it has received. Default true. */
  readonly showsBytesRead?: boolean
  /** Its connections have `subscriber()`. Default true. */
  readonly subscribes?: boolean
}

export interface AdapterContractOptions<TClient, TOptions> {
  /** The client, for the names of the tests. */
  readonly name: string
  readonly adapter: () => ClientAdapter<TClient, TOptions>
  /** The client's own options for a server. They must let a client connect, and nothing else. */
  readonly optionsFor: (server: ServerAddress) => TOptions
  readonly expectations?: AdapterExpectations
}

/** The suite that every adapter passes, against real Redis processes. Call it at the top of a vitest file. */
export function describeAdapterContract<TClient, TOptions>(options: AdapterContractOptions<TClient, TOptions>): void {
  describe(`${options.name} keeps the adapter contract`, () => {
    const bench = new AdapterBench(options)
    describeConnecting(bench)
    describeFailedConnects(bench)
    describeServerErrors(bench)
    describeReplies(bench)
    describeBursts(bench)
    describeLostConnections(bench)
    describeDestroying(bench)
    describeSecrets(bench)
    describeSubscribing(bench)
  })
}

/** The part of the suite that is about subscriptions, for further protocols of the same adapter. */
export function describeSubscriberContract<TClient, TOptions>(
  options: AdapterContractOptions<TClient, TOptions>,
): void {
  describe(`${options.name} keeps the part of the adapter contract that is about subscriptions`, () => {
    describeSubscribing(new AdapterBench(options))
  })
}
