import { type RedisServer, startServers } from '@redis-endpoint-failover/test-infra'
import { createClient, defineScript } from 'redis'
import { createFailoverClient, type FailoverClientOptions, type NodeRedisClient } from '../../src/index.ts'

type Options<TClient extends NodeRedisClient> = Partial<FailoverClientOptions<TClient>>

/** Two servers, and how to make failover clients for them that end with `end()`. */
export const startEastAndWest = async () => {
  const [east, west] = await startServers(['east', 'west'])
  const opened: { close(): Promise<void> }[] = []

  const open = async <TClient extends NodeRedisClient = ReturnType<typeof plain>>(options: Options<TClient> = {}) => {
    const { client, group } = createFailoverClient({
      create: plain as unknown as (options: object) => TClient,
      endpoints: endpointsOf(east, west),
      failback: { mode: 'never' },
      ...options,
    })
    opened.push(group)
    await client.connect()
    return { client, group }
  }

  return {
    east,
    west,
    open,
    /** Closes what was opened, and sees to it that both servers run, empty. */
    async reset() {
      await Promise.all(opened.splice(0).map((group) => group.close()))
      for (const server of [east, west]) {
        if (!server.isRunning) await server.restart()
        await server.command('FLUSHALL')
        await server.command('FUNCTION', 'FLUSH')
        await server.command('SCRIPT', 'FLUSH')
      }
    },
    stop: () => Promise.all([east.stop(), west.stop()]),
  }
}

/** INCRBY in a script of the client's. */
export const addTo = defineScript({
  SCRIPT: 'return redis.call("INCRBY", KEYS[1], ARGV[1])',
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, key: string, by: number) {
    parser.pushKey(key)
    parser.push(String(by))
  },
  transformReply: (reply: number) => reply,
})

export const plain = (options: object) => createClient(options)

export const endpointsOf = (east: RedisServer, west: RedisServer) => [
  { id: 'east', weight: 2, options: { url: east.url } },
  { id: 'west', weight: 1, options: { url: west.url } },
]
