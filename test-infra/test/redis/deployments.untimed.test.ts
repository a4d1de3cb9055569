import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive, type RedisCluster, type SentinelDeployment, startCluster, startSentinel } from '../../src/index.ts'

describe('a Redis Cluster of the tests', () => {
  let cluster: RedisCluster
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(() => cluster.stop())

  it('has three primaries that share the slots, and a replica of each', async () => {
    expect(cluster.nodes.map(({ name }) => name)).toEqual([1, 2, 3, 4, 5, 6].map((i) => `cluster-${i}`))
    const primaries = await cluster.primaries()
    expect(primaries.map(({ name }) => name)).toEqual(['cluster-1', 'cluster-2', 'cluster-3'])
    expect(await cluster.replicas()).toHaveLength(3)
    const owner = await cluster.primaryOf('key')
    expect(await owner.command('SET', 'key', 'value')).toBe('OK')
    const other = primaries.find((node) => node !== owner)
    await expect(other?.command('GET', 'key')).rejects.toThrow(`MOVED 12539 127.0.0.1:${owner.port}`)
    const busPort = (await owner.command('CONFIG', 'GET', 'cluster-port')) as string[]
    expect(Number(busPort[1])).not.toBe(owner.port + 10_000)
  })

  it('promotes the replica of a dead primary, which comes back as a replica', async () => {
    const before = await cluster.primaryOf('key')
    await before.kill()
    await cluster.waitUntilOk()
    const after = await cluster.primaryOf('key')
    expect(after).not.toBe(before)
    await before.restart()
    await cluster.waitUntilOk()
    expect(await before.command('ROLE')).toContain('slave')
  })

  it('can be killed as a whole, and serves again after a restart', async () => {
    await cluster.kill()
    expect(cluster.nodes.map(({ isRunning }) => isRunning)).not.toContain(true)
    await cluster.restart()
    expect(await cluster.primaries()).toHaveLength(3)
  })
})

describe('Sentinels of the tests', () => {
  let deployment: SentinelDeployment
  beforeAll(async () => {
    deployment = await startSentinel({ password: 'of the servers', sentinelPassword: 'of the Sentinels' })
  })
  afterAll(() => deployment.stop())

  it('watch a primary with its replicas', async () => {
    const [primary] = deployment.servers
    expect(await deployment.primary()).toBe(primary)
    expect(deployment.servers).toHaveLength(3)
    expect(deployment.sentinels).toHaveLength(3)
    const [sentinel] = deployment.sentinels
    await using stranger = await sentinel!.connect({})
    await expect(stranger.command('PING')).rejects.toThrow('NOAUTH')
  })

  it('promote a replica when the primary dies', async () => {
    const before = await deployment.primary()
    await before.kill()
    const after = await deployment.waitForPromotion(before)
    expect(await after.command('SET', 'key', 'value')).toBe('OK')
  })
})

it('a cluster without replicas, with TLS and a password, starts, and leaves nothing behind', async () => {
  const cluster = await startCluster({ replicas: 0, tls: true, password: 'secret' })
  const { nodes } = cluster
  expect(await cluster.primaries()).toHaveLength(3)
  expect(nodes).toHaveLength(3)
  const [{ pid, dir, url }] = nodes as [(typeof nodes)[0]]
  expect(url).toMatch(/^rediss:\/\/:secret@/)
  await cluster.pause()
  await cluster.stop()
  expect(isAlive(pid)).toBe(false)
  expect(existsSync(dir)).toBe(false)
})
