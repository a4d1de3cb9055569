import { hashSlot } from '@redis-endpoint-failover/core'
import type { Cluster, Redis } from 'ioredis'
import { NOT_WRITABLE } from '../../adapter/classify-ioredis-error.ts'
import { primaryOf } from '../../adapter/cluster/cluster-servers.ts'
import { taskOf } from '../dispatch-command.ts'
import type { CommandObject, Connection } from '../internals.ts'
import type { WatchState } from '../watch-state.ts'

/** The cluster has sent us to another node. */
export const isRedirection = (error: unknown): boolean => error instanceof Error && /^(MOVED|ASK) /.test(error.message)

/** Sends WATCH to the node of its keys, on the connection that is to carry the transaction. */
export const watchOnNode = async (
  command: CommandObject,
  connection: Connection,
  watch: WatchState,
  epoch: number,
): Promise<unknown> => {
  const cluster = connection.client as unknown as Cluster
  const slot = hashSlot(command.args[0] ?? '')
  const node = primaryOf(cluster, slot)
  if (node === undefined) {
    cluster.refreshSlotsCache()
    throw new Error(NOT_WRITABLE)
  }
  // At once: a transaction that does not wait for the answer must not run unwatched.
  watch.begin(connection, epoch, node, slot)
  if (node.status !== 'ready') {
    await ready(node)
    watch.connected(node)
  }
  try {
    return await taskOf(command, 'command').send({ client: node } as Connection)
  } catch (error) {
    if (!isRedirection(error)) throw error
    // As if somebody had changed the keys: the caller watches them again, at the node that has them then.
    watch.break()
    cluster.refreshSlotsCache()
    return Buffer.from('OK')
  }
}

// Nodes are connected to when they are needed.
const ready = (node: Redis): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (settle: () => void) => (): void => {
      node.off('ready', onReady)
      node.off('end', onEnd)
      settle()
    }
    const onReady = end(resolve)
    const onEnd = end(() => reject(new Error(NOT_WRITABLE)))
    node.on('ready', onReady)
    node.on('end', onEnd)
    if (node.status === 'wait') node.connect().catch(() => {})
    else if (node.status === 'end' || node.status === 'close') onEnd()
  })
