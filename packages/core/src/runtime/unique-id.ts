import { randomUUID } from 'node:crypto'

/** A name that no other process has. Only for names: nothing may be decided by it, as no seed repeats it. */
export const uniqueId = (): string => randomUUID()
