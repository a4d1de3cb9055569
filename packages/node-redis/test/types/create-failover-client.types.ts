// Checked by tsc: the client's type is exactly the one that the user's own factory returns.

import { createClient, defineScript, RESP_TYPES } from 'redis'
import { createFailoverClient, type FailoverGroup, type NodeRedisOptions } from '../../src/index.ts'
import { check, type Equal } from './equal.ts'

const endpoints = [{ id: 'east', weight: 2, options: { url: 'redis://east:6379' } }]

const plain = createFailoverClient({ create: createClient, endpoints }).client
const own = createClient({})
check<Equal<typeof plain, typeof own>>()

const double = defineScript({
  SCRIPT: 'return 2 * ARGV[1]',
  NUMBER_OF_KEYS: 0,
  parseCommand(parser, value: number) {
    parser.push(String(value))
  },
  transformReply: (reply: number) => reply,
})
const create = (options: NodeRedisOptions) =>
  createClient({
    ...options,
    RESP: 2,
    scripts: { double },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  })
const { client, group } = createFailoverClient({ create, endpoints })
check<Equal<typeof client, ReturnType<typeof create>>>()
check<Equal<typeof group, FailoverGroup<ReturnType<typeof create>, NodeRedisOptions>>>()

export const replies = async () => {
  const read: Buffer | null = await client.get('a')
  const doubled = await client.double(4)
  check<Equal<typeof doubled, number>>()
  const batch = await client.multi().get('a').exec<'typed'>()
  return [read, doubled, batch]
}

// @ts-expect-error a factory of something else than a client
createFailoverClient({ create: () => new Map<string, string>(), endpoints })
// @ts-expect-error a factory that forgets to return its client
createFailoverClient({ create: (options) => void createClient(options), endpoints })
// @ts-expect-error a client that another library makes
createFailoverClient({ create: () => ({ get: async () => 'a' }), endpoints })
// @ts-expect-error an option that does not exist
createFailoverClient({ create: createClient, endpoints, failBack: {} })
// @ts-expect-error a misspelt client option
createFailoverClient({ create: createClient, endpoints, clientOptions: { pasword: 'x' } })

createFailoverClient({
  create: createClient,
  clientOptions: { username: 'app', password: 'secret', socket: { tls: true, ca: 'PEM' }, name: 'app' },
  endpoints: [
    { id: 'tcp', options: { socket: { host: 'east', port: 6379 } } },
    { id: 'unix', options: { socket: { path: '/run/redis.sock', tls: false } } },
  ],
})
