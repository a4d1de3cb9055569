import { describe, expect, it } from 'vitest'
import { type AcquireOptions, roundRobin } from '../../../src/index.ts'
import { type ScriptedMode, seededRandom } from '../../../src/testing.ts'
import { nothingLeft, type Options, settle, World } from '../group/world.ts'
import { idOf, pooled, type TestLease } from './lease-bench.ts'

const IDS = ['east', 'west', 'north']
const MAX = 4
const MODES: readonly ScriptedMode[] = ['hung', 'loading', 'readOnly', 'resetting', 'tooManyConnections', 'ok']

/** Fresh seeds each run, printed where one fails; beside them, those that once found something. */
const SEEDS = [1, 2, Date.now(), Date.now() + 1]

/** Acquires, uses and releases at random, and keeps account of who has what. */
class Holders {
  readonly violations: string[] = []
  readonly acquires: { outcome: string }[] = []
  readonly #world: World
  readonly #random: () => number
  readonly #isSticky: boolean
  #inLine: { outcome: string }[] = []
  readonly #held = new Map<number, TestLease>()

  constructor(world: World, random: () => number, isSticky: boolean) {
    this.#isSticky = isSticky
    this.#world = world
    this.#random = random
  }

  get pending(): number {
    return this.acquires.filter(({ outcome }) => outcome === 'pending').length
  }

  acquire(): void {
    const draw = this.#random()
    const abort = new AbortController()
    const options: AcquireOptions = {
      ...(draw < 0.3 ? { exclude: [IDS[Math.floor(this.#random() * 3)]!] } : {}),
      ...(draw > 0.8 ? { operation: 'read' as const } : {}),
      ...(this.#random() < 0.3 ? { timeout: this.#random() * 500 } : {}),
      signal: abort.signal,
    }
    const promise = this.#world.group.acquire(options)
    const settled = settle(promise)
    this.acquires.push(settled)
    if (this.#isSticky && draw >= 0.3 && draw <= 0.8) this.#inLine.push(settled)
    if (this.#random() < 0.1) this.#world.clock.setTimer(() => abort.abort(), this.#random() * 100)
    promise.then(
      (lease) => {
        this.#checkTurn(settled)
        this.#hold(lease, options)
      },
      () => {},
    )
  }

  releaseAll(): void {
    for (const [id, lease] of this.#held) {
      this.#held.delete(id)
      lease.release()
    }
  }

  /** The invariants that hold at any moment. */
  check(): void {
    for (const id of IDS) {
      // Connections that are given up while connecting are counted by the server a little longer.
      const { open, lent, idle } = this.#world.state(id).pool
      if (open > MAX) this.violations.push(`${id} has ${open} connections`)
      if (lent + idle > open || lent < 0 || idle < 0) this.violations.push(`${id}: ${lent} + ${idle} of ${open}`)
    }
  }

  // With a sticky strategy, those without a wish stand in one line.
  #checkTurn(served: { outcome: string }): void {
    if (!this.#inLine.includes(served)) return
    while (this.#inLine[0] !== served) {
      const before = this.#inLine.shift()
      if (before?.outcome === 'pending') this.violations.push('somebody was overtaken')
    }
    this.#inLine.shift()
  }

  #hold(lease: TestLease, { exclude = [] }: AcquireOptions): void {
    const id = idOf(lease)
    const endpoint = this.#world.endpoint(lease.endpointId)
    const connection = endpoint.connections.find((each) => each.id === id)
    const { state } = this.#world.state(lease.endpointId)
    if (this.#held.has(id)) this.violations.push(`${id} was lent twice`)
    // A server may have died in this very moment; the client end is open all the same, until it is told.
    if (connection?.isOpen !== true) this.violations.push(`${id} was dead when it was lent`)
    if (state !== 'up' && state !== 'suspect') this.violations.push(`${lease.endpointId} is ${state}`)
    if (exclude.includes(lease.endpointId)) this.violations.push(`${lease.endpointId} was excluded`)
    this.#held.set(id, lease)
    lease.client.send(['INCR', 'k']).catch(() => {})
    this.#world.clock.setTimer(
      () => {
        if (this.#held.get(id) !== lease) return
        this.#held.delete(id)
        if (this.#random() < 0.1) lease.destroy()
        else lease.release()
      },
      this.#random() ** 3 * 800,
    )
  }
}

const disturb = (world: World, random: () => number): void => {
  const id = IDS[Math.floor(random() * IDS.length)]!
  const endpoint = world.endpoint(id)
  const ignore = (): void => {}
  const disturbances: readonly (() => unknown)[] = [
    () => endpoint.crash(),
    () => endpoint.restart(),
    () => endpoint.restart(),
    () => endpoint.killConnections(),
    () => endpoint.slow(random() * 400),
    () => world.clock.stall(random() * 2000),
    () => pooled(world, id)[Math.floor(random() * MAX)]?.blackhole(),
    () => world.group.switchTo(id, { force: random() < 0.5, pin: random() < 0.3 }).catch(ignore),
    () => world.group.update(id, { options: {} }).catch(ignore),
    () =>
      world.group
        .drain(id, { drainTimeout: random() * 500 })
        .then(() => world.group.resume(id))
        .catch(ignore),
    () =>
      world.group
        .remove(id, { drainTimeout: random() * 200 })
        .then(() => world.group.add({ id, weight: 2, options: {} }))
        .catch(ignore),
    ...MODES.map((mode) => () => endpoint.setMode(mode)),
  ]
  disturbances[Math.floor(random() * disturbances.length)]!()
}

describe('whatever is done to it, a pool', () => {
  it.each([
    ['sticky', (): Options => ({})],
    ['spreading', (): Options => ({ selection: roundRobin() })],
    ['validating always', (): Options => ({ pool: { max: MAX, validateAfter: 0, min: 2 } })],
  ] as const)(
    '(%s) lends no connection twice, none that is dead or too many, and every call settles',
    async (kind, options) => {
      for (const seed of SEEDS) {
        const random = seededRandom(`${kind} ${seed}`)
        const endpoints = IDS.map((id, index) => ({ id, weight: 3 - index, options: {} }))
        const world = new World(
          { endpoints, pool: { max: MAX, validateAfter: 200, idleTimeout: 3000 }, drainTimeout: 400, ...options() },
          `${kind} ${seed}`,
        )
        const holders = new Holders(world, random, kind !== 'spreading')
        world.group.start().catch(() => {})
        for (let round = 0; round < 150; round += 1) {
          if (random() < 0.12) disturb(world, random)
          // Calls of operators begin with a turn of their own.
          await world.advance(0)
          for (let burst = random() * 6; burst > 1; burst -= 1) holders.acquire()
          await world.advance(random() * 120)
          holders.check()
        }
        for (const id of IDS) world.endpoint(id).restart()
        world.group.unpin()
        // All limits are over by then: acquireTimeout and selectionTimeout are 5 s.
        await world.advance(20_000)
        holders.releaseAll()
        await world.advance(10)
        const seen = { seed, violations: holders.violations, pending: holders.pending, errors: world.of('error') }
        expect(seen).toEqual({ seed, violations: [], pending: 0, errors: [] })
        for (const id of IDS) expect(world.state(id).pool).toMatchObject({ lent: 0, waiting: 0 })
        holders.acquire()
        await world.advance(1000)
        expect(holders.acquires.at(-1)?.outcome, `seed ${seed}`).toBe('resolved')
        expect(await world.close(100), `seed ${seed}`).toEqual(nothingLeft)
      }
    },
    30_000,
  )
})
