import { describe, expect, it } from 'vitest'
import { hashSlot } from '../../../src/index.ts'

describe('the slot of a key', () => {
  // As a Redis server answers CLUSTER KEYSLOT.
  it.each([
    ['123456789', 12_739],
    ['foo', 12_182],
    ['', 0],
    ['{user1000}.following', 3443],
    ['user1000', 3443],
    ['foo{}{bar}', 8363],
    ['foo{{bar}}zap', 4015],
    ['{bar', 4015],
    ['foo{bar}{zap}', 5061],
    ['ключ', 10_303],
  ])('of %j is %i', (key, slot) => {
    expect(hashSlot(key)).toBe(slot)
    expect(hashSlot(Buffer.from(key))).toBe(slot)
  })
})
