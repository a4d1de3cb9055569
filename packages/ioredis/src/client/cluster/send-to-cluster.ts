import type { Redis } from 'ioredis'
import { NOT_WRITABLE } from '../../adapter/classify-ioredis-error.ts'
import { NEVER_SENT } from '../../adapter/cluster/slot-waits.ts'
import type { CommandObject } from '../internals.ts'
import type { UnitAttempt } from '../unit-attempt.ts'
import { CrossSlotError } from './cross-slot-error.ts'

/** A pipeline of a native Cluster: it finds the node, and follows its redirections. */
interface NativePipeline {
  sendCommand(command: CommandObject): unknown
  exec(): Promise<readonly (readonly [error: Error | null, raw?: unknown])[]>
  readonly leftRedirections?: { readonly expired?: Error }
}

type Carrier = CommandObject & { transformReply: (raw: unknown) => unknown }

// The caller's own commands transform the replies, once.
const asItIs = (raw: unknown): unknown => raw

/** Sends the commands of a pipeline whole to the node that they belong to. @throws CrossSlotError */
export const sendToCluster = async (
  client: Redis,
  carriers: readonly CommandObject[],
  attempt: UnitAttempt,
): Promise<void> => {
  const pipeline = client.pipeline() as unknown as NativePipeline
  for (const carrier of carriers as readonly Carrier[]) {
    carrier.transformReply = asItIs
    pipeline.sendCommand(carrier)
  }
  const results = await pipeline.exec().catch((error: Error) => {
    throw new CrossSlotError(error.message)
  })
  results.forEach(([error, raw], index) => {
    if (error === null) attempt.succeed(index, raw)
    else attempt.fail(index, meaningOf(error, pipeline))
  })
}

const meaningOf = (error: Error, { leftRedirections }: NativePipeline): Error => {
  if (leftRedirections?.expired !== undefined) return leftRedirections.expired
  return NEVER_SENT.has(error.message) ? new Error(NOT_WRITABLE) : error
}
