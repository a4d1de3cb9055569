import { inspect } from 'node:util'
import { constantFrom, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectRefusal, refusalOf } from '../../../../testkit/src/fuzz/expect-refusal.ts'
import { fuzz } from '../../../../testkit/src/fuzz/fuzz.ts'
import { type Kind, withField } from '../../../../testkit/src/fuzz/kinds.ts'
import { anyValue } from '../../../../testkit/src/fuzz/wrong-values.ts'
import * as core from '../../../src/index.ts'
import { FailoverGroup, type FailoverGroupOptions } from '../../../src/index.ts'
import { createScriptedAdapter, VirtualClock } from '../../../src/testing.ts'
import { GROUP_FIELDS } from './group-fields.ts'

const base = (clock: VirtualClock): FailoverGroupOptions => ({
  endpoints: [{ id: 'east', options: {} }],
  health: { check: { name: 'custom', check: async () => core.healthy() } },
  selection: { mode: 'sticky', prepare: (candidates) => () => candidates[0] },
  runtime: { clock },
})

const expectVerdict = (path: string, kind: Kind, value: unknown, make: () => unknown): void => {
  const refusal = expectRefusal({ path, kind, value }, make)
  if (refusal === undefined) return
  // The field that was changed, or one that the change made impossible beside it: never one of another branch.
  const [root = ''] = path.split('.')
  expect(refusal.field.split(/[.[]/)[0]).toBe(refusal.field === 'options' ? 'options' : root)
}

describe('configuration, fuzzed', () => {
  it('is refused by a typed error that names the field and shows no secret, whatever stands in a field', async () => {
    const cases = tuple(constantFrom(...Object.keys(GROUP_FIELDS)), anyValue)
    await fuzz(
      'options of a group',
      cases,
      async ([path, value]) => {
        const clock = new VirtualClock()
        const options = withField(base(clock), path, value) as unknown as FailoverGroupOptions
        const adapter = createScriptedAdapter({ clock })
        let group: FailoverGroup<unknown, object> | undefined
        expectVerdict(path, GROUP_FIELDS[path]!, value, () => {
          group = new FailoverGroup<unknown, object>(adapter as never, options as never)
        })
        await group?.close({ drainTimeout: 0 })
      },
      { runs: 600 },
    )
  })

  it('of a group that was accepted serves for a minute without an error from inside', async () => {
    const cases = tuple(
      constantFrom(...Object.keys(GROUP_FIELDS).filter((path) => !path.startsWith('runtime'))),
      anyValue,
    )
    await fuzz(
      'groups that were accepted',
      cases,
      async ([path, value]) => {
        const clock = new VirtualClock()
        const options = withField(base(clock), path, value) as unknown as FailoverGroupOptions
        let group: FailoverGroup<unknown, object>
        try {
          group = new FailoverGroup<unknown, object>(createScriptedAdapter({ clock }) as never, options as never)
        } catch {
          return
        }
        const started = group.start().then(
          () => 'started',
          (error: unknown) => error,
        )
        await clock.advance(60_000)
        const end = await started
        expect(end === 'started' || core.FailoverError.isInstance(end), inspect(end)).toBe(true)
        const closing = group.close()
        await clock.advance(10_000)
        await closing
      },
      { runs: 100, share: 0.1 },
    )
  })

  it.each(Object.entries(CHECKS()))('of the check %s is refused likewise', async (name, { make, fields, given }) => {
    const cases = tuple(constantFrom(...Object.keys(fields)), anyValue)
    await fuzz(
      `options of ${name}`,
      cases,
      ([path, value]) => {
        expectRefusal({ path, kind: fields[path]!, value }, () => make(withField(given, path, value)))
      },
      { runs: 150 },
    )
  })

  it('that is no object at all is refused', async () => {
    await fuzz(
      'what is no object',
      anyValue,
      (value) => {
        for (const make of [
          () => new FailoverGroup(createScriptedAdapter({ clock: new VirtualClock() }) as never, value as never),
          ...Object.values(CHECKS()).map(
            ({ make }) =>
              () =>
                make(value),
          ),
        ])
          refusalOf(make)
      },
      { runs: 100 },
    )
  })
})

function CHECKS(): Record<
  string,
  { make: (options: unknown) => unknown; given: object; fields: Readonly<Record<string, Kind>> }
> {
  const common: Readonly<Record<string, Kind>> = { name: 'text', timeout: 'number', governs: 'name' }
  const from = (name: string): ((options: unknown) => unknown) =>
    (core as unknown as Record<string, (options: unknown) => unknown>)[name]!
  return {
    ping: { make: from('ping'), given: {}, fields: common },
    setGet: { make: from('setGet'), given: {}, fields: { ...common, key: 'text', ttl: 'number' } },
    command: {
      make: from('command'),
      given: { args: ['PING'] },
      fields: { ...common, args: 'list', expect: 'function', capability: 'flag' },
    },
    keyValue: { make: from('keyValue'), given: { key: 'k', value: 'v' }, fields: { ...common, key: 'text' } },
    http: {
      make: from('http'),
      given: { url: 'https://health.example/' },
      fields: {
        ...common,
        method: 'name',
        headers: 'object',
        'headers.authorization': 'string',
        basicAuth: 'object',
        'basicAuth.username': 'text',
        expectBody: 'function',
        maxBodyBytes: 'number',
      },
    },
    lagAware: {
      make: from('lagAware'),
      given: { url: 'https://cluster.example:9443', database: 1 },
      fields: {
        ...common,
        database: 'number',
        form: 'name',
        tolerance: 'number',
        headers: 'object',
        basicAuth: 'object',
      },
    },
    role: { make: from('role'), given: {}, fields: { ...common, expect: 'name' } },
    replicationLag: { make: from('replicationLag'), given: {}, fields: { ...common, maxLag: 'number' } },
    replicationEcho: { make: from('replicationEcho'), given: {}, fields: common },
    composite: {
      make: from('composite'),
      given: { checks: [async () => core.healthy()], policy: 'all' },
      fields: { ...common, checks: 'list', policy: 'name' },
    },
  }
}
