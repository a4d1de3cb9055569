import type { TopologyQuestion, TopologyReport } from '@redis-endpoint-failover/core'
import type { Cluster, Redis } from 'ioredis'
import { within } from '../within.ts'

interface Answer {
  readonly key: string
  /** `undefined` where it did not answer in time. */
  readonly info: string | undefined
}

/** Asks every primary that the client knows for the state of the cluster. Never rejects. */
export const examineCluster = async (client: Cluster, question: TopologyQuestion): Promise<TopologyReport> => {
  const known = primaryKeys(client)
  const nodes = new Map(client.nodes('master').map((node) => [keyOf(node), node]))
  const answers = await Promise.all(known.map((key) => ask(key, nodes.get(key), question)))
  const answered = answers.filter(({ info }) => info !== undefined)
  const fine = answered.filter(({ info }) => !/^cluster_state:fail/m.test(info!))
  const silent = answers.filter(({ info }) => info === undefined).map(({ key }) => key)
  const isWhole = silent.length === 0 && fine.length === answered.length && !hasMoved(client, answered)
  // Another one may have been promoted, or slots moved: the next look knows.
  if (!isWhole) client.refreshSlotsCache()
  return {
    ok: fine.length * 2 > answered.length,
    primaries: known.length,
    answering: answered.length,
    message: describe(answered.length, fine.length, silent),
  }
}

/** How ioredis calls a node among the slots. */
export const keyOf = (node: Redis): string => `${node.options.host}:${node.options.port}`

/** The primaries by the slots that they serve: a dead one stays among them until another takes over. */
const primaryKeys = (client: Cluster): string[] => {
  const keys = new Set<string>()
  for (const [primary] of client.slots) if (primary !== undefined) keys.add(primary)
  return keys.size > 0 ? [...keys] : client.nodes('master').map(keyOf)
}

const ask = async (key: string, node: Redis | undefined, question: TopologyQuestion): Promise<Answer> => {
  if (node === undefined) return { key, info: undefined }
  // A user who may not run CLUSTER INFO still learns whether the node answers.
  const info = node.cluster('INFO').catch((error: Error) => (/^NOPERM\b/.test(error.message) ? '' : undefined))
  const pong = node.ping().catch((error: Error) => (/^NOPERM\b/.test(error.message) ? '' : undefined))
  const both = await within(Promise.all([info, pong]), question)
  return { key, info: both?.[1] === undefined ? undefined : both[0] }
}

const EPOCH = Symbol('redis-endpoint-failover.epoch')

/** Whether the cluster has reconfigured itself since it was last asked. */
const hasMoved = (client: Cluster & { [EPOCH]?: string }, answers: readonly Answer[]): boolean => {
  const epochs = answers.map(({ info }) => /^cluster_current_epoch:(\d+)/m.exec(info!)?.[1] ?? '')
  const epoch = epochs.sort((a, b) => Number(b) - Number(a))[0] ?? ''
  const before = client[EPOCH]
  client[EPOCH] = epoch
  return before !== undefined && before !== epoch
}

const describe = (answered: number, fine: number, silent: readonly string[]): string => {
  const parts = [`${fine} of ${answered} primaries that answered say cluster_state:ok`]
  if (silent.length > 0) parts.push(`no answer from ${silent.join(', ')}`)
  return parts.join('; ')
}
