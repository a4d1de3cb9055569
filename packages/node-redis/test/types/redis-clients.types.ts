// Checked by tsc: `client` has exactly the type that the bare `createClient` of `redis` gives for the same options.

import type { CommandParser } from '@redis/client'
import { createClient, defineScript, RESP_TYPES } from 'redis'
import { createFailoverClient, type NodeRedisOptions } from '../../src/index.ts'
import { check, type Equal } from './equal.ts'

const endpoints = [{ id: 'east', options: { url: 'redis://east:6379' } }]

const bare = createClient()
const { client: plain } = createFailoverClient({ create: createClient, endpoints })
check<Equal<typeof plain, typeof bare>>()

const { client: inline } = createFailoverClient({ create: (options) => createClient(options), endpoints })
check<Equal<typeof inline, typeof bare>>()

const square = {
  NUMBER_OF_KEYS: 0,
  parseCommand(parser: CommandParser, value: number) {
    parser.push(String(value))
  },
  transformReply: (reply: number) => reply,
}
const triple = {
  parseCommand(parser: CommandParser, key: string) {
    parser.push('TRIPLE', key)
  },
  transformReply: undefined as unknown as () => number,
}
const settings = {
  modules: { math: { triple } },
  scripts: { square: defineScript({ ...square, SCRIPT: 'return ARGV[1] * ARGV[1]' }) },
  functions: { library: { square } },
}

const bareResp2 = createClient({ ...settings, RESP: 2 })
const { client: resp2 } = createFailoverClient({
  create: (options) => createClient({ ...options, ...settings, RESP: 2 }),
  endpoints,
})
check<Equal<typeof resp2, typeof bareResp2>>()

const bareMapped = createClient({
  ...settings,
  RESP: 3,
  commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
})
const named = (options: NodeRedisOptions) =>
  createClient({
    ...options,
    ...settings,
    RESP: 3,
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  })
const { client: mapped } = createFailoverClient({ create: named, endpoints })
check<Equal<typeof mapped, typeof bareMapped>>()

// In both directions, where a variable of the one type takes the other.
let ours = mapped
let theirs = bareMapped
theirs = ours
ours = theirs

export const replies = async () => {
  const tripled = await resp2.math.triple('a')
  check<Equal<typeof tripled, number>>()
  const squared = await resp2.square(2)
  check<Equal<typeof squared, number>>()
  const called = await resp2.library.square(2)
  check<Equal<typeof called, number>>()
  const [member] = await resp2.zRangeWithScores('z', 0, 0)
  const read = await mapped.get('a')
  check<Equal<typeof read, Buffer | null>>()
  const batch = await mapped.multi().get('a').incr('n').exec()
  const bareBatch = await bareMapped.multi().get('a').incr('n').exec()
  check<Equal<typeof batch, typeof bareBatch>>()
  const document = await plain.json.get('a')
  return [member, batch, document]
}
