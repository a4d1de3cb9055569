import { type FaultProxy, type RedisServer, startProxy, startServers } from '@redis-endpoint-failover/test-infra'
import type { ServerContent, Write, WriteKind, WriteReply } from '@redis-endpoint-failover/testkit/history'
import type { Address } from '../client/benchmark-client.ts'
import type { WorkClient } from '../client/work-client.ts'

/** One endpoint: a server that never forgets what it acknowledged, and the proxy that clients reach it through. */
export interface HistoryServer {
  readonly id: string
  readonly server: RedisServer
  readonly proxy: FaultProxy
}

export interface HistoryServers {
  readonly all: readonly HistoryServer[]
  readonly addresses: readonly Address[]
  stop(): Promise<void>
}

const MARKER = 'marker'
const COUNTER = 'counter'
const FILLER = 'filler'

/**
 * Every counter and list starts at another number on each server, this far apart, so that the reply to a plain INCR, LPUSH
 * or RPUSH tells which server it comes from. More writes than this in one list would make that untrue.
 */
const STEP = 50_000
const COUNTER_STEP = 1_000_000_000

const listOf = (worker: number): string => `list:${worker}`

export const startHistoryServers = async (workers: number): Promise<HistoryServers> => {
  const servers = await startServers(['east', 'west'], { args: { appendonly: 'yes', appendfsync: 'always' } })
  const all = await Promise.all(
    servers.map(async (server, index) => {
      await server.command('SET', MARKER, server.name)
      await server.command('SET', COUNTER, index * COUNTER_STEP)
      const fill = `for i = 1, ARGV[1] / 5000 do redis.call('RPUSH', KEYS[1], unpack(cjson.decode(ARGV[2]))) end`
      for (let worker = 0; worker < workers && index > 0; worker++)
        await server.command('EVAL', fill, 1, listOf(worker), index * STEP, JSON.stringify(Array(5000).fill(FILLER)))
      return { id: server.name, server, proxy: await startProxy({ target: server }) }
    }),
  )
  return {
    all,
    addresses: all.map(({ id, proxy }) => ({ id, host: proxy.host, port: proxy.port })),
    async stop() {
      await Promise.all(all.flatMap(({ server, proxy }) => [server.stop(), proxy.close()]))
    },
  }
}

/** Issues one write, and tells from its reply which server it executed on. */
export const sendWrite = async (
  client: WorkClient,
  { all }: HistoryServers,
  [kind, id, worker]: readonly [WriteKind, string, number],
): Promise<WriteReply> => {
  const list = listOf(worker)
  if (kind === 'transaction') return { endpoint: await client.transaction(list, id, `count:${id}`, MARKER) }
  if (kind === 'increment') {
    const value = await client.incr(COUNTER)
    return { endpoint: all[Math.floor(value / COUNTER_STEP)]?.id ?? '?', value: value % COUNTER_STEP }
  }
  const length = await client.push(id.length % 2 === 0 ? 'left' : 'right', list, id)
  return { endpoint: all[Math.floor(length / STEP)]?.id ?? '?' }
}

/** Reads back everything that the writes can have left on one server. */
export const readContent = async (
  { id, server }: HistoryServer,
  { all }: HistoryServers,
  { workers, writes }: { readonly workers: number; readonly writes: readonly Write[] },
): Promise<ServerContent> => {
  const pushed: string[] = []
  for (let worker = 0; worker < workers; worker++) {
    const items = (await server.command('LRANGE', listOf(worker), 0, -1)) as string[]
    const own = items.filter((item) => item !== FILLER)
    if (own.length >= STEP) throw new Error(`${own.length} writes in one list: too many to tell the servers apart.`)
    pushed.push(...own)
  }
  const counts = new Map<string, number>()
  const ids = writes.filter(({ kind }) => kind === 'transaction').map((write) => write.id)
  for (let start = 0; start < ids.length; start += 1000) {
    const some = ids.slice(start, start + 1000)
    const values = (await server.command('MGET', ...some.map((each) => `count:${each}`))) as (string | null)[]
    for (const [index, value] of values.entries()) if (value !== null) counts.set(some[index]!, Number(value))
  }
  const seed = all.findIndex((each) => each.id === id) * COUNTER_STEP
  return { endpoint: id, pushed, counts, increments: Number(await server.command('GET', COUNTER)) - seed }
}
