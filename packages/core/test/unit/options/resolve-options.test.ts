import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ConfigurationError, FailoverGroup, type FailoverGroupOptions, ping, presets } from '../../../src/index.ts'
import { resolveOptions } from '../../../src/options/resolve-options.ts'
import { createScriptedAdapter, VirtualClock } from '../../../src/testing.ts'

const endpoints = [{ id: 'east', options: {} }]

const refused = (options: unknown): ConfigurationError => {
  try {
    resolveOptions(options as FailoverGroupOptions)
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  throw new Error('It was not refused.')
}

const badNumbers = [-1, Number.NaN, Number.POSITIVE_INFINITY, '5', null, {}]

const numberFields: Readonly<Record<string, (value: unknown) => object>> = {
  selectionTimeout: (value) => ({ selectionTimeout: value }),
  maxWaiting: (value) => ({ maxWaiting: value }),
  maxInFlight: (value) => ({ maxInFlight: value }),
  drainTimeout: (value) => ({ drainTimeout: value }),
  connectionSilenceTimeout: (value) => ({ connectionSilenceTimeout: value }),
  historySize: (value) => ({ historySize: value }),
  'start.timeout': (value) => ({ start: { timeout: value } }),
  'health.interval': (value) => ({ health: { interval: value } }),
  'health.timeout': (value) => ({ health: { timeout: value } }),
  'health.fall': (value) => ({ health: { fall: value } }),
  'health.rise': (value) => ({ health: { rise: value } }),
  'health.reprobe': (value) => ({ health: { reprobe: value } }),
  'health.suspicion': (value) => ({ health: { suspicion: value } }),
  'health.connectTimeout': (value) => ({ health: { connectTimeout: value } }),
  'health.freshProbeInterval': (value) => ({ health: { freshProbeInterval: value } }),
  'failback.grace': (value) => ({ failback: { grace: value } }),
  'failback.graceMax': (value) => ({ failback: { graceMax: value } }),
  'failback.minStay': (value) => ({ failback: { minStay: value } }),
  'pool.min': (value) => ({ pool: { min: value } }),
  'pool.max': (value) => ({ pool: { max: value } }),
  'pool.acquireTimeout': (value) => ({ pool: { acquireTimeout: value } }),
  'pool.idleTimeout': (value) => ({ pool: { idleTimeout: value } }),
  'pool.validateAfter': (value) => ({ pool: { validateAfter: value } }),
  'pool.maxWaiting': (value) => ({ pool: { maxWaiting: value } }),
  'retry.attempts': (value) => ({ retry: { attempts: value } }),
  'retry.budget': (value) => ({ retry: { budget: value } }),
  'retry.retryBurst': (value) => ({ retry: { retryBurst: value } }),
  'detector.minFailures': (value) => ({ detector: { minFailures: value } }),
  'detector.failureRate': (value) => ({ detector: { failureRate: value } }),
  'detector.window': (value) => ({ detector: { window: value } }),
  'endpoints[0].weight': (value) => ({ endpoints: [{ id: 'east', options: {}, weight: value }] }),
  'endpoints[0].health.timeout': (value) => ({ endpoints: [{ id: 'east', options: {}, health: { timeout: value } }] }),
}

describe('configuration', () => {
  it.each(Object.keys(numberFields))('refuses what is no sensible number for %s', (field) => {
    for (const value of badNumbers) {
      // For most fields `null` is as good as left out.
      if (value === null) continue
      const error = refused({ endpoints, ...numberFields[field]!(value) })
      expect(error.field).toBe(field)
      expect(error.allowed).not.toBe('')
      expect(error.message).toContain(field)
      if (typeof value !== 'object') expect(error.value).toBe(value)
    }
  })

  it.each<[string, object]>([
    ['preset', { preset: 'quick' }],
    ['selection', { selection: 'first' }],
    ['selection.mode', { selection: { mode: 'sticking', prepare: () => () => undefined } }],
    ['selection.prepare', { selection: { mode: 'sticky', prepare: 5 } }],
    ['start.policy', { start: { policy: 'most' } }],
    ['failback.mode', { failback: { mode: 'sometimes' } }],
    ['evictOnConnectFailure', { evictOnConnectFailure: 'yes' }],
    ['name', { name: '' }],
    ['zone', { zone: 5 }],
    ['health', { health: true }],
    ['health.check', { health: { check: [] } }],
    ['health.check', { health: { check: [ping(), ping()] } }],
    ['health.check', { health: { check: 'PING' } }],
    ['health.check.name', { health: { check: { check: () => undefined } } }],
    ['retry.isIdempotent', { retry: { isIdempotent: true } }],
    ['intervall', { intervall: 5 }],
    ['health.intervall', { health: { intervall: 5 } }],
    ['start.time', { start: { time: 5 } }],
    ['pool', { pool: 5 }],
    ['pool.size', { pool: { size: 5 } }],
    ['pool.min', { pool: { min: 5, max: 4 } }],
    ['failback.grade', { failback: { grade: 5 } }],
    ['retry.tries', { retry: { tries: 5 } }],
    ['detector.rate', { detector: { rate: 5 } }],
    ['endpoints', { endpoints: [] }],
    ['endpoints', { endpoints: 'redis://:sesame@host' }],
    ['endpoints[0]', { endpoints: ['redis://:sesame@host'] }],
    ['endpoints[0].options', { endpoints: [{ id: 'east', options: 'redis://:sesame@host' }] }],
    ['endpoints[0].id', { endpoints: [{ options: {} }] }],
    ['endpoints[1].id', { endpoints: [...endpoints, ...endpoints] }],
    ['endpoints[0].wait', { endpoints: [{ id: 'east', options: {}, wait: 5 }] }],
    ['endpoints[0].tags', { endpoints: [{ id: 'east', options: {}, tags: 'blue' }] }],
    ['health.timeout', { health: { interval: 400, timeout: 500 } }],
    ['health.suspicion', { health: { suspicion: 600 } }],
    ['health.reprobe', { health: { reprobe: 1500 } }],
    ['failback.graceMax', { failback: { grace: 5000, graceMax: 1000 } }],
  ])('names %s in %j', (field, options) => {
    const error = refused({ endpoints, ...options })
    expect(error.field).toBe(field)
    expect(error.message).not.toContain('sesame')
    expect(inspect(error)).not.toContain('sesame')
  })

  it('may have no endpoints where start waits for none', () => {
    expect(resolveOptions({ endpoints: [], start: { policy: 'none' } }).endpoints).toEqual([])
  })

  it('of one endpoint goes over that of the group; its own preset replaces it', () => {
    const resolved = resolveOptions({
      health: { timeout: 300 },
      endpoints: [
        { id: 'a', options: {} },
        { id: 'b', options: {}, health: { fall: 5 } },
        { id: 'c', options: {}, preset: 'wan' },
      ],
    })
    expect(resolved.endpoints.map(({ health }) => [health.timeout, health.fall, health.interval])).toEqual([
      [300, 3, 1000],
      [300, 5, 1000],
      [2000, 3, 5000],
    ])
  })
})

describe('presets', () => {
  it('have the figures of the specification', () => {
    const figures = (['default', 'fast', 'wan'] as const).map((name) => {
      const { interval, timeout, fall, rise, reprobe, suspicion, connectTimeout, freshProbeInterval, reprobeCap } =
        presets[name].health
      return [interval, timeout, fall, rise, reprobe, suspicion, connectTimeout, freshProbeInterval, reprobeCap]
    })
    expect(figures).toEqual([
      [1000, 500, 3, 2, 200, 250, 1250, 30_000, 5000],
      [500, 250, 2, 2, 100, 125, 1250, 30_000, 5000],
      [5000, 2000, 3, 2, 500, 1000, 3000, 60_000, 15_000],
    ])
  })

  it('lets what nobody chose follow a shorter interval', () => {
    const [east] = resolveOptions({ endpoints, health: { interval: 150 } }).endpoints
    expect(east!.health).toMatchObject({ interval: 150, timeout: 150, suspicion: 150, reprobe: 150 })
    const [hurried] = resolveOptions({ endpoints, health: { timeout: 100 } }).endpoints
    expect(hurried!.health).toMatchObject({ interval: 1000, timeout: 100, suspicion: 100, reprobe: 200 })
  })

  it.each(Object.keys(presets) as (keyof typeof presets)[])('%s passes its own validation', (preset) => {
    expect(resolveOptions({ preset, endpoints }).endpoints[0]!.health).toEqual(presets[preset].health)
  })
})

describe('secrets', () => {
  it('of an endpoint’s options are in nothing that the group shows', async () => {
    const clock = new VirtualClock()
    const adapter = createScriptedAdapter({ clock })
    const secretive = { password: 'sesame', username: 'open', socket: { passphrase: 'sesame' } }
    const group = new FailoverGroup(adapter, {
      endpoints: [
        { id: 'east', options: { ...secretive } as object },
        { id: 'west', options: { ...secretive } as object },
      ],
      selectionTimeout: 10,
      runtime: { clock },
    })
    const route = group.createRoute()
    void group.start()
    await clock.advance(50)
    adapter.endpoint('east').setMode('wrongPassword')
    adapter.endpoint('west').crash()
    await clock.advance(40_000)
    adapter.endpoint('east').crash()
    await clock.advance(50)
    const failed = route.run({
      name: 'GET',
      unit: 'command',
      readOnly: true,
      args: ['GET', 'k'],
      send: () => Promise.resolve(),
    })
    const error: unknown = await Promise.all([failed.catch((reason: unknown) => reason), clock.advance(20)]).then(
      ([first]) => first,
    )
    const shown = [group, route, group.snapshot(), group.history(), error, group.explain('east')]
    for (const value of shown) {
      expect(inspect(value, { depth: 20, showHidden: true, getters: true })).not.toContain('sesame')
      if (value !== group && value !== route) expect(JSON.stringify(value)).not.toContain('sesame')
    }
    const closed = group.close({ drainTimeout: 0 })
    await clock.advance(1)
    await closed
  })
})
