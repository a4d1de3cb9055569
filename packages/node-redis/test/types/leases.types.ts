import { createClient, defineScript } from 'redis'
import { createFailoverClient, type Lease, type NodeRedisOptions } from '../../src/index.ts'
import { check, type Equal } from './equal.ts'

const double = defineScript({
  SCRIPT: 'return 2 * ARGV[1]',
  NUMBER_OF_KEYS: 0,
  parseCommand(parser, value: number) {
    parser.push(String(value))
  },
  transformReply: (reply: number) => reply,
})
const create = (options: NodeRedisOptions) => createClient({ ...options, scripts: { double } })
const { group } = createFailoverClient({ create, endpoints: [{ id: 'east', options: { url: 'redis://east:6379' } }] })

// A lease is exactly a client of the user's own factory.
export const direct = async () => {
  const lease = await group.acquire({ operation: 'read', signal: new AbortController().signal })
  check<Equal<typeof lease, Lease<ReturnType<typeof create>>>>()
  check<Equal<typeof lease.client, ReturnType<typeof create>>>()
  const doubled = await group.execute((native, { endpointId }) => native.double(endpointId.length))
  check<Equal<typeof doubled, number>>()
  const five = await group.execute(() => 5, { idempotent: true, timeout: 200 })
  check<Equal<typeof five, number>>()
  // @ts-expect-error a misspelt option
  await group.execute((native) => native.get('a'), { idempotant: true })
}
