import { describe, expect, it } from 'vitest'
import { nothingLeft, settle, World } from '../group/world.ts'

const CONNECT_MS = 40

describe('a server that comes back', () => {
  it('is connected to by two at once at the most, for clients, leases and probes together, and serves them all', async () => {
    const world = await new World({ endpoints: [{ id: 'east', options: {} }], pool: { max: 20 } }).start()
    const routes = Array.from({ length: 10 }, () => world.group.createRoute())
    world.east.crash()
    await world.advance(3000)
    const before = world.of('connection-opened').length
    const sent = routes.map((route) => world.send(['GET', 'k'], { route }))
    const leases = Array.from({ length: 10 }, () => settle(world.group.acquire()))
    world.east.restart()
    world.east.slow(CONNECT_MS)
    await world.advance(3000)
    expect(sent.map(({ outcome }) => outcome)).toEqual(routes.map(() => 'resolved'))
    expect(leases.map(({ outcome }) => outcome)).toEqual(leases.map(() => 'resolved'))

    const connects = world.of('connection-opened').slice(before)
    expect(connects.length).toBeGreaterThanOrEqual(routes.length + leases.length)
    const spans = connects.map((event) => ({ from: world.timeOf(event) - event.connectMs, to: world.timeOf(event) }))
    // Event times are whole milliseconds.
    const atOnce = spans.map(
      ({ from }) => spans.filter((other) => other.from <= from + 2 && other.to > from + 2).length,
    )
    expect(Math.max(...atOnce)).toBe(2)
    for (const { value } of leases) await value!.release()
    expect(await world.close(100)).toEqual(nothingLeft)
  })
})
