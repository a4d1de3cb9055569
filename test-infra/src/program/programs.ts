import { ensureProgram, type ProgramSource } from './ensure-program.ts'

export const redisServerSource: ProgramSource = {
  names: ['redis-server', 'valkey-server'],
  envVariable: 'REDIS_SERVER',
  debianPackage: 'redis-server',
  brewFormula: 'redis',
}

export const haproxySource: ProgramSource = {
  names: ['haproxy'],
  envVariable: 'HAPROXY',
  debianPackage: 'haproxy',
  brewFormula: 'haproxy',
}

export const mariadbServerSource: ProgramSource = {
  names: ['mariadbd', 'mysqld'],
  envVariable: 'MARIADB_SERVER',
  debianPackage: 'mariadb-server',
  brewFormula: 'mariadb',
}

/** `redis-server` or `valkey-server`: from REDIS_SERVER, from PATH, or installed once. Redis 7 or Valkey is expected. */
export function findRedisServer(): Promise<string> {
  return ensureProgram(redisServerSource)
}
