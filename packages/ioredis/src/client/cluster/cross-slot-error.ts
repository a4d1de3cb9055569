/** A pipeline whose keys no single node serves: ioredis rejects it as a whole, and nothing was sent. */
export class CrossSlotError extends Error {
  override readonly name = 'CrossSlotError'
}
