import { group } from './use-strategy.ts'

// #region
await group.drain('east') // no new commands; resolves when those in flight have finished
await group.resume('east')

await group.switchTo('west') // probed first, then pinned
group.unpin()

await group.add({ id: 'north', weight: 4, options: { url: 'redis://north:6379' } })
await group.update('north', { weight: 1 })
await group.remove('north')

console.log(group.explain('east')) // why it is or is not eligible, in words
console.table(group.snapshot().endpoints, ['id', 'state', 'active', 'roundTripMs'])
// #endregion
