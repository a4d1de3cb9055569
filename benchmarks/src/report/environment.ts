import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, loadavg } from 'node:os'
import { startRedis } from '@redis-endpoint-failover/test-infra'

/** What the figures were measured on. */
export interface Environment {
  readonly date: string
  readonly node: string
  readonly redisServer: string
  readonly redis: string
  readonly ioredis: string
  readonly cpu: string
  /** How many processes wanted a core in the minute before: more than there are cores is no place for figures. */
  readonly load: number
}

export async function environmentOf(): Promise<Environment> {
  await using server = await startRedis()
  const info = String(await server.command('INFO', 'server'))
  const [cpu, ...others] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    redisServer: /(?:valkey|redis)_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
    redis: versionOf('redis'),
    ioredis: versionOf('ioredis'),
    cpu: `${others.length + 1} x ${cpu?.model.trim() ?? 'unknown'}`,
    load: Math.round(loadavg()[0]! * 10) / 10,
  }
}

export const environmentLine = ({ date, node, redisServer, redis, ioredis, cpu, load }: Environment): string =>
  `${date}; Node ${node}, Redis ${redisServer}, redis ${redis}, ioredis ${ioredis}; ${cpu}, load ${load} before`

function versionOf(packageName: string): string {
  const path = createRequire(import.meta.url).resolve(`${packageName}/package.json`)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
