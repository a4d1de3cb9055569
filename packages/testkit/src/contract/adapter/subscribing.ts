import type { SubscriberLink, SubscriptionKind } from '@redis-endpoint-failover/core'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { quiet, rejectionOf } from '../settling.ts'
import type { AdapterBench, Specimen } from './adapter-bench.ts'

interface Subscribed extends Specimen {
  readonly link: SubscriberLink
  /** `kind channel message [pattern]` of each message, bytes as Latin 1. */
  readonly received: readonly string[]
}

const text = (bytes: Buffer): string => bytes.toString('latin1')

/** Only for adapters that can subscribe: `expectations.subscribes`. */
export function describeSubscribing(bench: AdapterBench): void {
  const open = async (server?: Parameters<AdapterBench['open']>[0]): Promise<Subscribed> => {
    const specimen = await bench.open(server)
    const received: string[] = []
    const link = specimen.connection.subscriber?.({
      onMessage: (kind, message, channel, pattern) =>
        received.push(
          [kind, text(channel), text(message), ...(pattern === undefined ? [] : [text(pattern)])].join(' '),
        ),
      onEnded: () => undefined,
    })
    if (link === undefined) throw new Error('The adapter has no subscriber(): say so in its expectations.')
    return { ...specimen, link, received }
  }
  const publish = (channel: string, message: string): Promise<unknown> =>
    bench.server.command('PUBLISH', channel, message)
  const counts = async (): Promise<unknown[]> => [
    await bench.server.command('PUBSUB', 'CHANNELS'),
    await bench.server.command('PUBSUB', 'NUMPAT'),
    await bench.server.command('PUBSUB', 'SHARDCHANNELS'),
  ]

  describe.runIf(bench.expectations.subscribes)('a connection with subscriptions', () => {
    it('delivers messages of all kinds in order, with the pattern that matched', async () => {
      const { link, received } = await open()
      await link.subscribe('channel', ['a', 'b'])
      await link.subscribe('pattern', ['a*', '?'])
      await link.subscribe('shardChannel', ['s'])
      await publish('a', '1')
      await bench.server.command('SPUBLISH', 's', '2')
      await publish('b', '')
      await eventually(() => received.length === 6)
      expect(received.filter((one) => !one.startsWith('pattern'))).toEqual([
        'channel a 1',
        'shardChannel s 2',
        'channel b ',
      ])
      expect(received.filter((one) => one.startsWith('pattern')).sort()).toEqual([
        'pattern a 1 ?',
        'pattern a 1 a*',
        'pattern b  ?',
      ])
    })

    it('delivers bytes as they are', async () => {
      const { link, received } = await open()
      await link.subscribe('channel', ['bytes'])
      const publisher = await bench.open()
      await publisher.command('PUBLISH', 'bytes', Buffer.from([0, 13, 10, 255]))
      await eventually(() => received.length === 1)
      expect(received).toEqual(['channel bytes \0\r\n\u00ff'])
    })

    it('has subscribed when subscribe() resolves, and unsubscribed when unsubscribe() does', async () => {
      const { link } = await open()
      await Promise.all([
        link.subscribe('channel', ['a', 'b']),
        link.subscribe('pattern', ['p*']),
        link.subscribe('shardChannel', ['s']),
      ])
      expect((await counts()).flat().sort()).toEqual([1, 'a', 'b', 's'])
      await Promise.all([link.unsubscribe('channel', ['a']), link.unsubscribe('pattern', ['p*'])])
      expect(await counts()).toEqual([['b'], 0, ['s']])
    })

    it('keeps the order of calls that are made at once', async () => {
      const { link, received } = await open()
      await link.subscribe('channel', ['other'])
      await Promise.all([
        link.subscribe('channel', ['a']),
        link.unsubscribe('channel', ['a']),
        link.subscribe('channel', ['a']),
      ])
      expect(((await counts())[0] as string[]).sort()).toEqual(['a', 'other'])
      await publish('a', '1')
      await eventually(() => received.length > 0)
      expect(received).toEqual(['channel a 1'])
    })

    it.each<[SubscriptionKind, SubscriptionKind]>([
      ['channel', 'shardChannel'],
      ['shardChannel', 'channel'],
      ['pattern', 'shardChannel'],
    ])('goes on delivering when the last %s is unsubscribed and a %s is left', async (gone, left) => {
      const { link, received } = await open()
      await link.subscribe(gone, ['gone'])
      await link.subscribe(left, ['left'])
      await link.unsubscribe(gone, ['gone'])
      await bench.server.command(left === 'shardChannel' ? 'SPUBLISH' : 'PUBLISH', 'left', '1')
      await eventually(() => received.length > 0)
      expect(received).toEqual([`${left} left 1`])
      await link.ping()
    })

    it('answers PING before, with and after subscriptions', async () => {
      const { link } = await open()
      await link.ping()
      await Promise.all([link.subscribe('channel', ['a']), link.ping()])
      await link.ping()
      await link.unsubscribe('channel', ['a'])
      await link.ping()
    })

    it('rejects with what the server answers, and stays usable', async () => {
      await bench.server.command('ACL', 'SETUSER', 'listener', 'on', '>pw', '+@all', '~*', 'resetchannels', '&allowed')
      bench.atEnd(() => bench.server.command('ACL', 'DELUSER', 'listener'))
      const { host, port } = bench.server
      const { link, received, connection, lost } = await open({ host, port, username: 'listener', password: 'pw' })
      const error = await rejectionOf(link.subscribe('channel', ['allowed', 'forbidden']))
      expect(bench.classify(error)).toMatchObject({ attempt: 'rejected', retry: 'switch-only' })
      await link.subscribe('channel', ['allowed'])
      await publish('allowed', '1')
      await eventually(() => received.length === 1)
      expect([connection.isUsable(), lost]).toEqual([true, []])
    })

    it('that is killed is reported once; what is in flight rejects, and so does what comes later', async () => {
      const server = await bench.startServer()
      const { link, lost, connection } = await open(server)
      await link.subscribe('channel', ['a'])
      await server.pause()
      const inFlight = [
        quiet(link.subscribe('channel', ['b'])),
        quiet(link.ping()),
        quiet(link.unsubscribe('channel', ['a'])),
      ]
      await server.kill()
      for (const one of inFlight) await rejectionOf(one, 1500)
      await eventually(() => lost.length > 0)
      expect([lost.length, connection.isUsable()]).toEqual([1, false])
      await rejectionOf(link.subscribe('channel', ['c']), 500)
      await rejectionOf(link.ping(), 500)
    })

    it('that is destroyed delivers nothing more, and settles what is in flight', async () => {
      const { link, received, connection } = await open()
      await link.subscribe('channel', ['a'])
      const inFlight = quiet(link.subscribe('channel', ['b']))
      connection.destroy()
      await rejectionOf(inFlight, 500)
      await eventually(async () => ((await counts())[0] as string[]).length === 0)
      await publish('a', '1')
      expect(received).toEqual([])
    })
  })
}
