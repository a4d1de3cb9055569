import { hashSlot, UnsupportedOperationError } from '@redis-endpoint-failover/core'
import type { Cluster } from 'ioredis'
import { primaryOf } from '../../adapter/cluster/cluster-servers.ts'
import { isCluster } from '../internals.ts'
import type { Unit } from '../unit.ts'
import type { Watched } from '../watch-state.ts'

/** EXEC is to be answered as if a watched key had been changed. */
export const LOST_RACE = 'lost race'

type WithKeys = Unit['commands'][number] & { getKeys(): readonly (string | Buffer)[] }

/** Why a transaction cannot run where its keys are watched; `undefined` if it can. */
export const obstacleOf = (
  { commands }: Unit,
  { connection, server, slots }: Watched,
): typeof LOST_RACE | UnsupportedOperationError | undefined => {
  const client = connection.client as unknown as Cluster
  if (!isCluster(connection.client)) return undefined
  const used = new Set((commands as readonly WithKeys[]).flatMap((command) => command.getKeys().map(hashSlot)))
  const elsewhere = [...used].filter((slot) => primaryOf(client, slot) !== server)
  if (elsewhere.length === 0) return undefined
  // The slot has moved since it was watched.
  if (elsewhere.every((slot) => slots.has(slot))) return LOST_RACE
  return new UnsupportedOperationError(
    'A transaction with keys of another node than the watched ones',
    'nothing would guard it: give all of these keys one {hash tag}.',
  )
}
