import { mayBlock } from '@redis-endpoint-failover/core'
import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { membersOf } from '../../src/generated/members.ts'
import { startEastAndWest } from './failover-setup.ts'

let setup: Awaited<ReturnType<typeof startEastAndWest>>
beforeAll(async () => {
  setup = await startEastAndWest()
})
afterAll(() => setup.stop())

/** What ends the server or makes it another one, and what is no command. */
const NOT_CALLED =
  /^(SHUTDOWN|FAILOVER|REPLICAOF|MIGRATE|SAVE|BGSAVE|BGREWRITEAOF|MONITOR|P?S?UNSUBSCRIBE|[PS]?SUBSCRIBE|MULTI|QUIT)$/

const CONCERNS_ITS_CONNECTION =
  /^(ASKING|AUTH|HELLO|READONLY|READWRITE|SELECT|SCRIPT_DEBUG|RESET|HIMPORT_.*|CLIENT_(CACHING|NO-EVICT|NO-TOUCH|TRACKING|REPLY))$/

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>

/** How a call ended, without what is never the same twice, and what ours adds about the endpoint. */
const outcomeOf = async (client: Methods, method: string): Promise<string> => {
  try {
    const reply = await (client[method] as Methods[string])('walked', '1', '2')
    return `resolved with ${Array.isArray(reply) ? 'a list' : typeof reply}`
  } catch (error) {
    if ((error as { code?: string }).code === 'UNSUPPORTED') return 'refused'
    return `rejected: ${(error as Error).message.replace(/ \(endpoint .*$|\d+/gs, '').slice(0, 60)}`
  }
}

test('every command ends as it does with the bare client, or is refused with a reason', async () => {
  const { client } = await setup.open()
  const bare = await createClient({ url: setup.west.url }).connect()
  const upper = [...membersOf(bare).methods].filter(([name, twin]) => name === twin && name === name.toUpperCase())
  const commands = upper.map(([name]) => name).filter((name) => !NOT_CALLED.test(name) && !mayBlock(name))
  expect(commands.length).toBeGreaterThan(300)
  const refused: string[] = []
  const different: string[] = []
  for (const name of commands) {
    const ours = await outcomeOf(client as unknown as Methods, name)
    if (ours === 'refused') {
      refused.push(name)
      continue
    }
    const theirs = await outcomeOf(bare as unknown as Methods, name)
    if (ours !== theirs) different.push(`${name}: ${ours}, bare ${theirs}`)
  }
  bare.destroy()
  expect(different).toEqual([])
  expect(refused.filter((name) => !CONCERNS_ITS_CONNECTION.test(name))).toEqual([])
  expect(refused).toEqual(expect.arrayContaining(['AUTH', 'HELLO', 'SELECT', 'CLIENT_TRACKING']))
}, 60_000)
