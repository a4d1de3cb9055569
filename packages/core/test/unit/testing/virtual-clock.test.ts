import { describe, expect, it } from 'vitest'
import { TimerScope } from '../../../src/runtime/timer-scope.ts'
import { VirtualClock } from '../../../src/testing.ts'

const recorder = () => {
  const seen: string[] = []
  return { seen, note: (what: string) => () => void seen.push(what) }
}

describe('VirtualClock', () => {
  it('runs what is due in order of time, then of insertion', async () => {
    const clock = new VirtualClock()
    const { seen, note } = recorder()
    clock.setTimer(note('late'), 20)
    clock.setTimer(note('first'), 10)
    clock.setTimer(note('second'), 10)
    clock.setTimer(note('not yet'), 21)
    await clock.advance(20)
    expect(seen).toEqual(['first', 'second', 'late'])
    expect(clock.now()).toBe(20)
    expect(clock.pendingTimers).toBe(1)
  })

  it('runs many timers in order of time, whatever the order of insertion', async () => {
    const clock = new VirtualClock()
    const fired: number[] = []
    const delays = Array.from({ length: 500 }, (_, index) => (index * 7919) % 501)
    const timers = delays.map((delay) => clock.setTimer(() => fired.push(delay), delay))
    for (let index = 0; index < timers.length; index += 3) timers[index]!.cancel()
    expect(clock.pendingTimers).toBe(333)
    await clock.advance(1_000)
    const expected = delays.filter((_, index) => index % 3 !== 0).toSorted((a, b) => a - b)
    expect(fired).toEqual(expected)
  })

  it('runs timers before I/O before nextTurn at the same time', async () => {
    const clock = new VirtualClock()
    const { seen, note } = recorder()
    clock.setTimer(() => clock.nextTurn(note('turn of the timer')), 5)
    clock.scheduleIo(note('io'), 5)
    clock.setTimer(note('timer'), 5)
    await clock.advance(5)
    expect(seen).toEqual(['timer', 'io', 'turn of the timer'])
  })

  it('leaves what a callback schedules at the same time to a later turn', async () => {
    const clock = new VirtualClock()
    const { seen, note } = recorder()
    clock.nextTurn(() => {
      seen.push('turn 1')
      clock.nextTurn(note('turn 2'))
      clock.setTimer(note('timer 0'), 0)
    })
    await clock.advance(0)
    expect(seen).toEqual(['turn 1', 'timer 0', 'turn 2'])
  })

  it('drains microtasks between callbacks, however deep they go', async () => {
    const clock = new VirtualClock()
    const { seen, note } = recorder()
    clock.setTimer(async () => {
      for (let depth = 0; depth < 1_000; depth += 1) await null
      seen.push('microtasks')
    }, 1)
    clock.setTimer(note('next timer'), 1)
    await clock.advance(1)
    expect(seen).toEqual(['microtasks', 'next timer'])
  })

  it('runs timers that a timer sets within the span it advances', async () => {
    const clock = new VirtualClock()
    const at: number[] = []
    const tick = (): void => {
      at.push(clock.now())
      clock.setTimer(tick, 10)
    }
    clock.setTimer(tick, 10)
    await clock.advance(35)
    expect(at).toEqual([10, 20, 30])
  })

  it('does not run what was cancelled, and forgets a cancellation after the fact', async () => {
    const clock = new VirtualClock()
    const { seen, note } = recorder()
    const cancelled = clock.setTimer(note('cancelled'), 1)
    const ran = clock.setTimer(() => {
      cancelled.cancel()
      seen.push('ran')
    }, 0)
    clock.setTimer(note('other'), 2)
    await clock.advance(1)
    ran.cancel()
    cancelled.cancel()
    expect(seen).toEqual(['ran'])
    expect(clock.pendingTimers).toBe(1)
  })

  it('fires timers late after a stall, then delivers what arrived meanwhile, then turns', async () => {
    const clock = new VirtualClock()
    const seen: [string, number][] = []
    clock.setTimer(() => {
      seen.push(['timer', clock.now()])
      clock.nextTurn(() => seen.push(['turn', clock.now()]))
    }, 100)
    clock.scheduleOutside(() => {
      seen.push(['outside', clock.now()])
      clock.scheduleIo(() => seen.push(['io', clock.now()]), 1)
    }, 50)
    clock.stall(400)
    expect(seen).toEqual([['outside', 50]])
    await clock.advance(0)
    expect(seen.slice(1)).toEqual([
      ['timer', 400],
      ['io', 400],
      ['turn', 400],
    ])
  })

  it('lets a late decision timer see the reply that arrived during the stall', async () => {
    const clock = new VirtualClock()
    const scope = new TimerScope(clock)
    const { seen, note } = recorder()
    const decision = scope.setDecision(100, note('given up'))
    clock.scheduleIo(() => decision.cancel(), 300)
    clock.stall(400)
    await clock.advance(0)
    expect(seen).toEqual([])
    expect(scope.size).toBe(0)
  })

  it('can stall from within a callback', async () => {
    const clock = new VirtualClock()
    const seen: [string, number][] = []
    clock.setTimer(() => clock.stall(50), 10)
    clock.setTimer(() => seen.push(['late', clock.now()]), 20)
    clock.setTimer(() => seen.push(['on time', clock.now()]), 70)
    await clock.advance(100)
    expect(seen).toEqual([
      ['late', 60],
      ['on time', 70],
    ])
    expect(clock.now()).toBe(100)
  })

  it('jumps the wall clock without touching monotonic time or timers', async () => {
    const clock = new VirtualClock({ wallTime: 1_000_000 })
    const { seen, note } = recorder()
    clock.setTimer(note('fired'), 10)
    clock.jumpWallClock(-500_000)
    expect(clock.wallTime()).toBe(500_000)
    expect(clock.now()).toBe(0)
    await clock.advance(9)
    expect(seen).toEqual([])
    await clock.advance(1)
    expect(seen).toEqual(['fired'])
  })

  it('runs until a predicate is true, and no further', async () => {
    const clock = new VirtualClock()
    let count = 0
    for (const delay of [5, 6, 7]) clock.setTimer(() => (count += 1), delay)
    expect(await clock.runUntil(() => count === 2)).toBe(6)
    expect(count).toBe(2)
    expect(await clock.runUntil(() => true)).toBe(0)
  })

  it('says so when nothing makes the predicate true', async () => {
    const clock = new VirtualClock()
    await expect(clock.runUntil(() => false, 100)).rejects.toThrow('within 100 ms')
    expect(clock.now()).toBe(100)
  })

  it('counts what holds the process', () => {
    const clock = new VirtualClock()
    const first = clock.keepAlive()
    clock.keepAlive()
    first.cancel()
    first.cancel()
    expect(clock.heldBy).toBe(1)
  })

  it('rejects with what a callback throws, and goes on afterwards', async () => {
    const clock = new VirtualClock()
    const { seen, note } = recorder()
    clock.setTimer(() => {
      throw new Error('broken callback')
    }, 1)
    clock.setTimer(note('next'), 2)
    await expect(clock.advance(5)).rejects.toThrow('broken callback')
    await clock.advance(5)
    expect(seen).toEqual(['next'])
  })

  it('refuses to run twice at once, an endless loop at one time, and a delay that is not a number', async () => {
    const clock = new VirtualClock()
    const first = clock.advance(1)
    await expect(clock.advance(1)).rejects.toThrow('running already')
    await first
    expect(() => clock.setTimer(() => {}, Number.NaN)).toThrow(TypeError)
    const again = (): void => void clock.nextTurn(again)
    clock.nextTurn(again)
    await expect(clock.advance(1)).rejects.toThrow('without time moving on')
  })

  it('fires an endless delay when Node would', async () => {
    const clock = new VirtualClock()
    const { seen, note } = recorder()
    clock.setTimer(note('fired'), Number.POSITIVE_INFINITY)
    await clock.advance(2 ** 31 - 2)
    expect(seen).toEqual([])
    await clock.advance(1)
    expect(seen).toEqual(['fired'])
  })
})
