import type { CommandArgument } from '@redis-endpoint-failover/core'

/** Arguments as node-redis takes them. */
export const encoded = (args: readonly CommandArgument[]): (string | Buffer)[] =>
  args.map((argument) =>
    typeof argument === 'string' ? argument : typeof argument === 'number' ? String(argument) : Buffer.from(argument),
  )

/** Plain strings, numbers and arrays, whatever the user's own type mapping is. */
export const DEFAULT_REPLIES = { typeMapping: {} }
