import type { CallLimits, CommandArgument } from '@redis-endpoint-failover/core'
import type { CommandOptions } from '../native/internals.ts'
import { limitsOf } from '../routed/call-options.ts'
import type { GeneratedKind } from './generate-client.ts'

const rawAt =
  (index: number) =>
  (args: readonly unknown[]): readonly CommandArgument[] =>
    (args[index] ?? []) as readonly CommandArgument[]

const limitsAt =
  (index: number) =>
  (args: readonly unknown[]): CallLimits | undefined =>
    limitsOf(args[index] as CommandOptions | undefined)

const none: ReadonlySet<string> = new Set()

/** A client with one connection, whose inside is not the one that we know. */
export const STANDALONE: GeneratedKind = {
  rawCommand: rawAt(0),
  rawLimits: limitsAt(1),
  handles: none,
  lends: none,
  singleConnection: true,
  takesApart: false,
  asksAllPrimaries: false,
}

export const POOL: GeneratedKind = { ...STANDALONE, lends: new Set(['execute']), singleConnection: false }

export const CLUSTER: GeneratedKind = {
  rawCommand: rawAt(2),
  rawLimits: limitsAt(3),
  handles: new Set([
    'nodeClient',
    'getRandomNode',
    'getSlotRandomNode',
    'getNodeClientForKey',
    'getMasters',
    'getSlotMaster',
  ]),
  lends: none,
  singleConnection: false,
  takesApart: true,
  asksAllPrimaries: true,
}

export const SENTINEL: GeneratedKind = {
  rawCommand: rawAt(1),
  rawLimits: limitsAt(2),
  handles: new Set(['getSentinelNode', 'getMasterNode', 'getReplicaNodes', 'setTracer']),
  lends: new Set(['use', 'acquire']),
  singleConnection: false,
  takesApart: false,
  asksAllPrimaries: false,
}
