import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { CommandAbortedError, CommandTimeoutError } from '@redis-endpoint-failover/core'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startEastAndWest } from './failover-setup.ts'

const setup = await startEastAndWest()
const { east, west } = setup
afterEach(async () => {
  await east.resume()
  await setup.reset()
})
afterAll(() => setup.stop())

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'it resolved',
    (error: unknown) => error,
  )

describe('a timeout of one call', () => {
  test('of 50 ms leaves 49 neighbours of 500 ms alone, on a hung server', async () => {
    const { client, group } = await setup.open()
    await client.get('warm')
    await east.pause()
    const patient = Array.from({ length: 49 }, () => client.withCommandOptions({ timeout: 500 }).get('key'))
    const startedAt = performance.now()
    const error = await rejection(client.withCommandOptions({ timeout: 50 }).set('key', 'v'))
    expect(error).toSatisfy(CommandTimeoutError.isInstance)
    expect(error).toMatchObject({ timeoutMs: 50, maybeExecuted: true, endpointId: 'east', command: 'SET' })
    expect(performance.now() - startedAt).toBeLessThan(300)
    await east.resume()
    expect(await Promise.all(patient)).toEqual(new Array(49).fill(null))
    expect(group.active).toBe('east')
  })

  test('holds for raw commands, scripts, transactions and pipelines too', async () => {
    const { client } = await setup.open()
    await client.get('warm')
    await east.pause()
    const view = client.withCommandOptions({ timeout: 50 })
    const sent = [
      view.sendCommand(['GET', 'key']),
      client.sendCommand(['INCR', 'n'], { timeout: 50 }),
      view.multi().incr('n').exec(),
      view.multi().get('n').execAsPipeline(),
    ]
    const errors = await Promise.all(sent.map(rejection))
    for (const error of errors) expect(error).toSatisfy(CommandTimeoutError.isInstance)
    expect(errors.map((error) => (error as CommandTimeoutError).maybeExecuted)).toEqual([false, true, true, false])
  })

  test('given for the client is a deadline for each of its commands, and 0 lifts it for one call', async () => {
    const { client } = await setup.open({ clientOptions: { commandOptions: { timeout: 50 } } })
    await client.get('warm')
    await east.pause()
    const unlimited = client.withCommandOptions({ timeout: 0 }).get('key')
    expect(await rejection(client.get('key'))).toSatisfy(CommandTimeoutError.isInstance)
    expect(await rejection(client.duplicate().get('key'))).toSatisfy(CommandTimeoutError.isInstance)
    await east.resume()
    expect(await unlimited).toBeNull()
  })

  test('that makes no sense is refused', async () => {
    const { client } = await setup.open()
    expect(await rejection(client.withCommandOptions({ timeout: -1 }).get('key'))).toMatchObject({
      code: 'CONFIGURATION',
      field: 'timeout',
    })
  })
})

describe('an AbortSignal', () => {
  test('settles a command in flight on a hung server at once, with its reason', async () => {
    const { client, group } = await setup.open()
    await client.get('warm')
    await east.pause()
    const controller = new AbortController()
    const view = client.withAbortSignal(controller.signal)
    const sent = [view.incr('n'), view.get('n'), view.multi().incr('n').exec()].map(rejection)
    await sleep(30)
    const abortedAt = performance.now()
    controller.abort(new Error('the user left'))
    const errors = await Promise.all(sent)
    expect(performance.now() - abortedAt).toBeLessThan(50)
    for (const error of errors) {
      expect(error).toSatisfy(CommandAbortedError.isInstance)
      expect(error).toMatchObject({ name: 'AbortError', endpointId: 'east', cause: { message: 'the user left' } })
    }
    expect(errors.map((error) => (error as CommandAbortedError).maybeExecuted)).toEqual([true, false, true])
    await east.resume()
    expect(await client.get('n')).toBe('2')
    expect(group.snapshot().endpoints.map(({ strikes }) => strikes)).toEqual([0, 0])
  })

  test('settles a command that waits for an endpoint, and it is not sent later', async () => {
    const { client } = await setup.open()
    await Promise.all([east.kill(), west.kill()])
    await expect.poll(() => client.isReady).toBe(false)
    const controller = new AbortController()
    const waiting = rejection(client.withAbortSignal(controller.signal).set('key', 'late'))
    await sleep(20)
    controller.abort()
    expect(await waiting).toMatchObject({ name: 'AbortError', maybeExecuted: false })
    await west.restart()
    expect(await client.get('key')).toBeNull()
  })

  test('that is aborted before the call keeps the command from being sent', async () => {
    const { client } = await setup.open()
    const error = await rejection(client.withAbortSignal(AbortSignal.abort('no')).set('key', 'v'))
    expect(error).toMatchObject({ name: 'AbortError', maybeExecuted: false, cause: 'no' })
    expect(await client.get('key')).toBeNull()
  })

  test('is listened to once for 10,000 commands, and not at all afterwards', async () => {
    const { client } = await setup.open()
    const { signal } = new AbortController()
    const view = client.withAbortSignal(signal)
    const sent = Array.from({ length: 10_000 }, (_, i) => view.set(`key:${i % 10}`, 'v'))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await Promise.all(sent)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
