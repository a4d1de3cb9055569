import { inspect } from 'node:util'
import { type Arbitrary, anything, constantFrom, dictionary, oneof, string, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fuzz } from '../../../../testkit/src/fuzz/fuzz.ts'
import { modules } from '../../../src/health/checks/modules.ts'
import { ping } from '../../../src/health/checks/ping.ts'
import { replicationLag } from '../../../src/health/checks/replication-lag.ts'
import { role } from '../../../src/health/checks/role.ts'
import { setGet } from '../../../src/health/checks/set-get.ts'
import { judgeTopology } from '../../../src/health/checks/topology.ts'
import { parseIdentity } from '../../../src/health/server-identity.ts'
import { FailoverGroup, type FailoverGroupOptions } from '../../../src/index.ts'
import { createScriptedAdapter, VirtualClock } from '../../../src/testing.ts'
import { checkBench } from '../health/checks/check-bench.ts'

const FIELDS = [
  'role',
  'run_id',
  'master_replid',
  'master_replid2',
  'master_repl_offset',
  'second_repl_offset',
] as const
const VALUES = ['master', 'slave', '0'.repeat(40), 'f'.repeat(40), '-1', '1e999', 'NaN', '', '\0', '9'.repeat(400)]

/** Replies to INFO that have its form, and ones that have not. */
const info: Arbitrary<string> = oneof(
  string({ maxLength: 200 }),
  dictionary(
    constantFrom(...FIELDS, 'master_link_status', 'master_last_io_seconds_ago'),
    oneof(constantFrom(...VALUES), string()),
  ).map((fields) =>
    Object.entries(fields)
      .map(([name, value]) => `${name}:${value}`)
      .join('\r\n'),
  ),
)

const reply: Arbitrary<unknown> = oneof(
  info,
  info.map((text) => Buffer.from(text)),
  tuple(constantFrom('master', 'slave', 'sentinel', ''), anything()).map((values) => [...values]),
  anything({ withMap: true, withNullPrototype: true, withBigInt: true, withTypedArray: true, maxDepth: 2 }),
)

describe('replies of a server, fuzzed', () => {
  it('to INFO are read as what they say, or as nothing', async () => {
    await fuzz(
      'INFO',
      info,
      (text) => {
        const { role: told, replid, formerReplid, offset, formerOffset } = parseIdentity(text)
        expect([undefined, 'master', 'replica']).toContain(told)
        for (const id of [replid, formerReplid]) expect(id ?? 'f'.repeat(40)).toMatch(/^[0-9a-f]{40}$/)
        for (const bytes of [offset, formerOffset]) expect(Number.isFinite(bytes ?? 0)).toBe(true)
      },
      { runs: 1000 },
    )
  })

  it.each([
    ['ping', ping()],
    ['role', role()],
    ['replicationLag', replicationLag()],
    ['setGet', setGet()],
    ['modules', modules(['JSON.GET', 'search'])],
  ])('make the check %s pass or fail, and nothing else', async (name, check) => {
    await fuzz(
      `replies to ${name}`,
      reply,
      async (value) => {
        const outcome = await checkBench(async () => value).run(check)
        if (!('result' in outcome)) expect(outcome, inspect(outcome)).toHaveProperty('error')
      },
      { runs: 300 },
    )
  })

  it('about a topology are judged without an error', async () => {
    const number = oneof(constantFrom(0, 1, 3, Number.NaN, -1, Number.MAX_SAFE_INTEGER))
    await fuzz('topologies', tuple(constantFrom(true, false), number, number), ([ok, primaries, answering]) => {
      const { healthy } = judgeTopology({ ok, primaries, answering, message: 'fuzzed' }, 'all')
      if (!ok || answering < primaries) expect(healthy).toBe(false)
    })
  })

  it('and whatever a check of the user returns or throws leave the group at work', async () => {
    const rejected: unknown[] = []
    const onRejection = (error: unknown): void => void rejected.push(error)
    process.on('unhandledRejection', onRejection)
    try {
      await fuzz(
        'what a check returns or throws',
        tuple(constantFrom('return', 'throw', 'reject'), reply),
        async ([how, value]) => {
          const clock = new VirtualClock()
          const custom = (): unknown => {
            if (how === 'throw') throw value
            return how === 'reject' ? Promise.reject(value) : value
          }
          const options = {
            endpoints: [{ id: 'east', options: {} }],
            health: { check: { name: 'custom', check: custom } },
            start: { timeout: 5000 },
            runtime: { clock },
          } as unknown as FailoverGroupOptions
          const group = new FailoverGroup<unknown, object>(createScriptedAdapter({ clock }) as never, options as never)
          const started = group.start().catch((error: unknown) => error)
          await clock.advance(10_000)
          await started
          expect(['up', 'down']).toContain(group.snapshot().endpoints[0]?.state)
          expect(group.explain('east')).toEqual(expect.any(String))
          const closing = group.close()
          await clock.advance(6_000)
          await closing
        },
        { runs: 60, share: 0.1 },
      )
    } finally {
      process.off('unhandledRejection', onRejection)
    }
    expect(rejected).toEqual([])
  })
})
