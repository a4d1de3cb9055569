import { describe, expect, it } from 'vitest'
import { nothingLeft, settle, World } from '../group/world.ts'
import { ask, idOf, lease, pooled, poolOf } from './lease-bench.ts'

describe('a lease, when its endpoint changes', () => {
  it('goes DOWN: ends at once, and releasing it afterwards gives nobody a dead connection', async () => {
    const world = await new World({ health: { interval: 1000 } }).start()
    const held = await lease(world)
    const sent = settle(held.client.send(['GET', 'k']))
    await world.advance(5)
    world.east.setMode('hung')
    const hanging = settle(held.client.send(['GET', 'k']))
    await world.advance(4000)
    expect(world.group.active).toBe('west')
    expect([sent.outcome, hanging.outcome]).toEqual(['resolved', 'rejected'])
    held.release()
    expect(poolOf(world)).toEqual({ open: 0, idle: 0, lent: 0, waiting: 0 })
    expect((await lease(world)).endpointId).toBe('west')
    await world.close()
  })

  it('is left alive: may finish up to drainTimeout, and ends then', async () => {
    const world = await new World({ drainTimeout: 500 }).start()
    const quick = await lease(world)
    const slow = await lease(world)
    await world.group.switchTo('west', { force: true })
    await world.advance(400)
    const sent = settle(quick.client.send(['GET', 'k']))
    await world.advance(5)
    expect(sent.outcome).toBe('resolved')
    quick.release()
    await world.advance(50)
    expect(poolOf(world)).toMatchObject({ lent: 1, idle: 1 })
    await world.advance(100)
    expect(poolOf(world)).toMatchObject({ lent: 0 })
    await expect(slow.client.send(['GET', 'k'])).rejects.toThrow()
    slow.release()
    await world.close()
  })

  it('is left and taken again before that: goes on', async () => {
    const world = await new World({ drainTimeout: 500 }).start()
    const held = await lease(world)
    await world.group.switchTo('west', { force: true })
    await world.advance(100)
    await world.group.switchTo('east', { force: true })
    await world.advance(1000)
    expect(poolOf(world)).toMatchObject({ lent: 1 })
    held.release()
    expect(poolOf(world)).toMatchObject({ idle: 1 })
    await world.close()
  })

  it('was wished for, and not because it was active: is not ended by a switch', async () => {
    const world = await new World({ drainTimeout: 200 }).start()
    const held = await lease(world, { exclude: ['east'] })
    expect(held.endpointId).toBe('west')
    await world.group.switchTo('west', { force: true })
    await world.group.switchTo('east', { force: true })
    await world.advance(1000)
    expect(poolOf(world, 'west')).toMatchObject({ lent: 1 })
    held.release()
    await world.close()
  })

  it('is drained: drain() waits for it, and it is not lent again', async () => {
    const world = await new World().start()
    const held = await lease(world)
    const drained = settle(world.group.drain('east'))
    await world.advance(1000)
    expect(drained.outcome).toBe('pending')
    expect(world.of('drain-started')[0]).toMatchObject({ inFlight: 1 })
    expect((await lease(world)).endpointId).toBe('west')
    held.release()
    await world.advance(50)
    expect(drained.outcome).toBe('resolved')
    expect(world.of('drain-finished')[0]).toMatchObject({ abandoned: 0 })
    expect(pooled(world)).toHaveLength(0)
    await world.close()
  })

  it.each(['drain', 'remove'] as const)('%s(): ends it when drainTimeout is over', async (call) => {
    const world = await new World({ drainTimeout: 300 }).start()
    const held = await lease(world)
    const done = settle(world.group[call]('east'))
    await world.advance(290)
    expect(done.outcome).toBe('pending')
    await world.advance(30)
    expect(done.outcome).toBe('resolved')
    expect(world.of('drain-finished')[0]).toMatchObject({ abandoned: 1 })
    held.release()
    expect(world.east.connections.filter(({ purpose }) => purpose === 'lease')).toEqual([])
    expect(await world.close()).toEqual(nothingLeft)
  })

  it('is reconfigured: it may finish, and is not lent again; idle connections end at once', async () => {
    const world = await new World({ drainTimeout: 300, endpoints: [{ id: 'east', options: {} }] }).start()
    const held = await lease(world)
    const overdue = await lease(world)
    const idle = await lease(world)
    idle.release()
    await world.group.update('east', { options: { address: 'east-2' } })
    await world.advance(20)
    expect(pooled(world)).toHaveLength(2)
    const fresh = await lease(world)
    expect(world.endpoint('east-2').connections.map(({ id }) => id)).toContain(idOf(fresh))
    held.release()
    expect(pooled(world)).toHaveLength(1)
    await world.advance(300)
    expect(pooled(world)).toHaveLength(0)
    overdue.release()
    expect(poolOf(world)).toMatchObject({ open: 1, lent: 1 })
    fresh.release()
    await world.close()
    expect(world.endpoint('east-2').connections).toEqual([])
  })
})

describe('a pool, when its endpoint changes', () => {
  it('lends nothing while a loss is being confirmed, and what it has afterwards', async () => {
    const world = await new World().start()
    const first = await lease(world)
    const second = await lease(world)
    first.release()
    world.east.slow(20)
    // One connection is lost; the endpoint itself is in order.
    world.east.connections.find(({ id }) => id === idOf(second))!.lose(new Error('cut'))
    const asked = ask(world)
    await world.advance(5)
    expect(asked.outcome).toBe('pending')
    await world.advance(50)
    expect(asked.value?.endpointId).toBe('east')
    expect(world.switches).toEqual([])
    expect(world.deaths).toBe(0)
    await world.close()
  })

  it('takes the loss of an idle connection as the sign of a death', async () => {
    const world = await new World({ health: { interval: 5000 } }).start()
    ;(await lease(world)).release()
    world.east.crash()
    await world.advance(10)
    expect(world.group.active).toBe('west')
    expect(poolOf(world)).toMatchObject({ open: 0, idle: 0 })
    await world.close()
  })

  it('never lends what was opened before the endpoint went DOWN', async () => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }] }).start()
    world.east.slow(200)
    const asked = ask(world)
    await world.advance(100)
    world.east.crash()
    await world.advance(20)
    world.east.restart()
    await world.advance(3000)
    expect(world.state('east').generation).toBe(2)
    expect(asked.outcome).toBe('resolved')
    const sent = settle(asked.value!.client.send(['SET', 'k', 'v']))
    await world.advance(5)
    expect(sent.value).toBe('OK')
    await world.close()
  })

  it('does not open a connection for a caller who has given up, once there are enough', async () => {
    const world = await new World().start()
    world.east.slow(100)
    const abort = new AbortController()
    const asked = Array.from({ length: 6 }, () => ask(world, { signal: abort.signal }))
    await world.advance(10)
    abort.abort()
    await world.advance(1000)
    expect(asked.every(({ outcome }) => outcome === 'rejected')).toBe(true)
    expect(poolOf(world)).toEqual({ open: 2, idle: 2, lent: 0, waiting: 0 })
    await world.close()
  })
})

describe('close()', () => {
  const situations: Readonly<Record<string, (world: World) => Promise<void>>> = {
    'while a connection for a lease is opened': async (world) => {
      world.east.slow(100)
      ask(world)
      await world.advance(60)
    },
    'while a connection is validated': async (world) => {
      ;(await lease(world)).release()
      await world.advance(10_000)
      world.east.slow(100)
      ask(world)
      await world.advance(50)
    },
    'while leases are held and asked for': async (world) => {
      for (let n = 0; n < 2; n += 1) await lease(world)
      ask(world)
    },
    'after a switch, before the leases of the old endpoint are due': async (world) => {
      await lease(world)
      await world.group.switchTo('west', { force: true })
    },
    'while a function runs, and one waits to be run again': async (world) => {
      world.group.execute(() => new Promise(() => {}), { timeout: 60_000 }).catch(() => {})
      world.east.setMode('readOnly')
      world.group
        .execute((client) => client.send(['SET', 'k', 'v']), { idempotent: true, timeout: 60_000 })
        .catch(() => {})
      await world.advance(2)
    },
    'with idle connections and min': async (world) => {
      for (const held of [await lease(world), await lease(world)]) held.release()
    },
  }

  it.each(Object.keys(situations))('%s leaves nothing', async (situation) => {
    for (const drainTimeout of [0, 100]) {
      const world = await new World({ pool: { max: 2, min: 1 } }).start(1200)
      await situations[situation]!(world)
      expect(await world.close(drainTimeout)).toEqual(nothingLeft)
      expect(world.clock.pendingTurns).toBe(0)
    }
  })

  it('waits for leases, and ends when the last one is released', async () => {
    const world = await new World().start()
    const held = await lease(world)
    const closed = settle(world.group.close({ drainTimeout: 2000 }))
    await world.advance(1000)
    expect(closed.outcome).toBe('pending')
    const used = settle(held.client.send(['SET', 'k', 'v']))
    await world.advance(5)
    expect(used.outcome).toBe('resolved')
    held.release()
    await world.advance(30)
    expect(closed.outcome).toBe('resolved')
    expect(pooled(world)).toEqual([])
  })

  it('ends leases that are not released in time; releasing them later is no error', async () => {
    const world = await new World().start()
    const held = await lease(world)
    expect(await world.close(200)).toEqual(nothingLeft)
    held.release()
    expect(() => held.release()).toThrow(/released before/)
  })
})
