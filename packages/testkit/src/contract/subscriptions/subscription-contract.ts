import type { SubscriptionKind } from '@redis-endpoint-failover/core'
import type { RedisServer } from '@redis-endpoint-failover/test-infra'
import { describe } from 'vitest'
import type { ClientSetup, ClientUnderTest, GroupUnderTest } from '../client/client-contract.ts'
import { describeFaultRun } from './fault-run.ts'
import { describeFollowing } from './following.ts'
import { SubscriptionBench } from './subscription-bench.ts'

/** A transparent client that subscribes, through the few calls that the suite makes. */
export interface SubscribingClient extends Pick<ClientUnderTest, 'connect' | 'close' | 'get'> {
  readonly group: GroupUnderTest
  /** Hands the text of each message to `onMessage`. */
  subscribe(kind: SubscriptionKind, name: string, onMessage: (message: string) => void): Promise<unknown>
  unsubscribe(kind: SubscriptionKind, name: string): Promise<unknown>
  publish(channel: string, message: string): Promise<unknown>
  /** Another client of the same group. */
  duplicate(): SubscribingClient
}

export interface SubscriptionContractOptions {
  /** The client and its protocol, for the names of the tests. */
  readonly name: string
  /** Makes a client that has not been started. */
  readonly createClient: (setup: ClientSetup) => SubscribingClient
  /** Starts the servers of both endpoints; they stop with the suite. Default: two that stand alone. */
  readonly startServers?: () => Promise<readonly RedisServer[]>
  /** An endpoint is more than one server to its client, which replaces connections by itself: no event tells of that. */
  readonly several?: boolean
  /** Run the faults as well; they take 10 to 15 seconds. `SUBSCRIPTION_FAULTS` in the environment is their number. */
  readonly faults?: boolean
}

/** The suite that every transparent client with subscriptions passes, over a whole group and real Redis processes. */
export function describeSubscriptionContract(options: SubscriptionContractOptions): void {
  describe(`${options.name} keeps the contract of subscriptions`, () => {
    const bench = new SubscriptionBench(options)
    describeFollowing(bench)
    if (options.faults === true) describeFaultRun(bench, options.name)
  })
}
