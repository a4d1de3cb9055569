import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { startRedis } from '@redis-endpoint-failover/test-infra'

/** What the figures were measured on. */
export interface Environment {
  readonly date: string
  readonly node: string
  readonly redisServer: string
  readonly redis: string
  readonly ioredis: string
  readonly cpu: string
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
  }
}

export const environmentLine = ({ date, node, redisServer, redis, ioredis, cpu }: Environment): string =>
  `${date}; Node ${node}, Redis ${redisServer}, redis ${redis}, ioredis ${ioredis}; ${cpu}`

function versionOf(packageName: string): string {
  const path = createRequire(import.meta.url).resolve(`${packageName}/package.json`)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
