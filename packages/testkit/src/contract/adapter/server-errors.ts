import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AttemptOutcome, CommandArgument, EvidenceWeight, HealthReason } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { quiet, rejectionOf } from '../settling.ts'
import type { AdapterBench, Specimen } from './adapter-bench.ts'

type Verdict = readonly [attempt: AttemptOutcome, weight: EvidenceWeight, reason: HealthReason]

interface Case {
  readonly code: string
  readonly verdict: Verdict
  /** Brings the server into the state; the connection is open already. */
  readonly arrange?: (bench: AdapterBench, specimen: Specimen) => Promise<unknown>
  readonly command: readonly CommandArgument[]
}

const SET = ['SET', 'key', 'value'] as const

const CASES: readonly Case[] = [
  { code: 'READONLY', verdict: ['rejected', 'not-writable', 'read-only'], arrange: becomeReplica, command: SET },
  {
    code: 'MASTERDOWN',
    verdict: ['rejected', 'conclusive', 'master-down'],
    arrange: async (bench) => {
      await bench.configure({ 'replica-serve-stale-data': 'no' })
      await becomeReplica(bench)
    },
    command: ['GET', 'key'],
  },
  {
    code: 'MISCONF',
    verdict: ['rejected', 'not-writable', 'misconfigured-persistence'],
    arrange: failToPersist,
    command: SET,
  },
  {
    code: 'NOREPLICAS',
    verdict: ['rejected', 'not-writable', 'no-replicas'],
    arrange: (bench) => bench.configure({ 'min-replicas-to-write': 1 }),
    command: SET,
  },
  {
    code: 'OOM',
    verdict: ['rejected', 'none', 'out-of-memory'],
    arrange: (bench) => bench.configure({ maxmemory: 1 }),
    command: SET,
  },
  { code: 'LOADING', verdict: ['rejected', 'conclusive', 'loading'], arrange: loadSlowly, command: ['GET', 'key'] },
  { code: 'BUSY', verdict: ['rejected', 'soft', 'busy'], arrange: runEndlessScript, command: ['GET', 'key'] },
  {
    code: 'NOPERM',
    verdict: ['rejected', 'none', 'check-failed'],
    arrange: async (bench, { command }) => {
      await bench.server.command('ACL', 'SETUSER', 'reader', 'on', '>secret', '~*', '+@read', '+@connection')
      bench.atEnd(() => bench.server.command('ACL', 'DELUSER', 'reader'))
      await command('AUTH', 'reader', 'secret')
    },
    command: SET,
  },
  {
    code: 'WRONGTYPE',
    verdict: ['answered', 'none', 'reply-received'],
    arrange: (_bench, { command }) => command('SET', 'key', 'text'),
    command: ['LPUSH', 'key', 'item'],
  },
  {
    code: 'BUSYGROUP',
    verdict: ['answered', 'none', 'reply-received'],
    arrange: (_bench, { command }) => command('XGROUP', 'CREATE', 'stream', 'group', '$', 'MKSTREAM'),
    command: ['XGROUP', 'CREATE', 'stream', 'group', '$', 'MKSTREAM'],
  },
  {
    code: 'EXECABORT',
    verdict: ['answered', 'none', 'reply-received'],
    arrange: async (_bench, { command }) => {
      await command('MULTI')
      await rejectionOf(command('NO-SUCH-COMMAND'))
    },
    command: ['EXEC'],
  },
  { code: 'ERR', verdict: ['answered', 'none', 'reply-received'], command: ['NO-SUCH-COMMAND', 'argument'] },
  { code: 'NOSCRIPT', verdict: ['answered', 'none', 'reply-received'], command: ['EVALSHA', '0'.repeat(40), 0] },
]

export function describeServerErrors(bench: AdapterBench): void {
  describe('an error that the server answers with', () => {
    it.each(CASES)('is classified: $code is $verdict', async ({ code, verdict, arrange, command }) => {
      const specimen = await bench.open()
      await arrange?.(bench, specimen)
      const error = await rejectionOf(specimen.command(...command))
      expect(error).toBeInstanceOf(Error)
      expect((error as Error).message).toMatch(new RegExp(`^${code}\\b`))
      const { attempt, evidence } = bench.classify(error)
      expect([attempt, evidence.weight, evidence.reason]).toEqual(verdict)
      expect(specimen.lost).toEqual([])
      expect(specimen.connection.isUsable()).toBe(true)
    })
  })
}

async function becomeReplica(bench: AdapterBench): Promise<void> {
  await bench.server.command('REPLICAOF', '127.0.0.1', 1)
  bench.atEnd(() => bench.server.command('REPLICAOF', 'NO', 'ONE'))
}

// A folder where the dump should go: renaming a file onto it fails, for root too.
async function failToPersist(bench: AdapterBench): Promise<void> {
  const { server } = bench
  const obstacle = join(server.dir, 'dump.rdb')
  mkdirSync(obstacle)
  bench.atEnd(async () => {
    rmdirSync(obstacle)
    await server.command('SAVE')
  })
  await bench.configure({ save: '900 1' })
  await server.command('BGSAVE')
  await eventually(async () => String(await server.command('INFO', 'persistence')).includes('bgsave_status:err'))
}

async function loadSlowly(bench: AdapterBench): Promise<void> {
  const control = await bench.server.connect()
  await control.command('DEBUG', 'POPULATE', 3000)
  await bench.configure({ 'key-load-delay': 2000, 'loading-process-events-interval-bytes': 1024 })
  const loading = quiet(control.command('DEBUG', 'RELOAD'))
  bench.atEnd(async () => {
    await bench.server.command('CONFIG', 'SET', 'key-load-delay', 0)
    await loading
    control.close()
  })
  await eventually(async () => String(await bench.server.command('INFO', 'persistence')).includes('loading:1'))
}

async function runEndlessScript(bench: AdapterBench): Promise<void> {
  await bench.configure({ 'lua-time-limit': 10 })
  const control = await bench.server.connect()
  const script = quiet(control.command('EVAL', 'while true do end', 0))
  bench.atEnd(async () => {
    await bench.server.command('SCRIPT', 'KILL')
    await script.catch(() => undefined)
    control.close()
  })
  const isBusy = (error: unknown): boolean => String(error).includes('BUSY')
  await eventually(() => bench.server.command('PING').then(() => false, isBusy))
}
