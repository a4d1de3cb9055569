import { mayBlock } from '@redis-endpoint-failover/core'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { start, useServers } from './failover-setup.ts'

const servers = useServers()

/** What ends the server or makes it another one, and what has methods of its own. */
const NOT_CALLED =
  /^(shutdown|failover|replicaof|slaveof|p?sync|replconf|migrate|save|bgsave|bgrewriteaof|debug|monitor|multi|exec|quit|unwatch|[ps]?(un)?subscribe)$/

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>

/** How a call ended, without what is never the same twice, and what ours adds about the endpoint. */
const outcomeOf = async (client: Redis, method: string): Promise<string> => {
  try {
    const reply = await ((client as unknown as Methods)[method] as Methods[string])('walked', '1', '2')
    return `resolved with ${Buffer.isBuffer(reply) ? 'bytes' : Array.isArray(reply) ? 'a list' : typeof reply}`
  } catch (error) {
    if ((error as { code?: string }).code === 'UNSUPPORTED') return 'refused'
    return `rejected: ${(error as Error).message.replace(/ \(endpoint .*$|\d+/gs, '').slice(0, 60)}`
  }
}

it('every command and its Buffer variant end as they do with the bare client, or are refused with a reason', async () => {
  const { client } = await start(servers)
  const bare = new Redis({ host: servers[1].host, port: servers[1].port })
  const commands = bare.getBuiltinCommands().filter((name) => !NOT_CALLED.test(name) && !mayBlock(name))
  expect(commands.length).toBeGreaterThan(200)
  const refused: string[] = []
  const different: string[] = []
  for (const name of commands) {
    for (const method of [name, `${name}Buffer`]) {
      if (typeof (bare as unknown as Methods)[method] !== 'function') continue
      const ours = await outcomeOf(client, method)
      if (ours === 'refused') {
        refused.push(method)
        continue
      }
      const theirs = await outcomeOf(bare, method)
      if (ours !== theirs) different.push(`${method}: ${ours}, bare ${theirs}`)
    }
  }
  bare.disconnect()
  expect(different).toEqual([])
  const concernTheirConnection = ['asking', 'auth', 'discard', 'hello', 'readonly', 'readwrite', 'reset', 'select']
  expect([...new Set(refused.map((name) => name.replace('Buffer', '')))].sort()).toEqual(concernTheirConnection)
}, 60_000)
