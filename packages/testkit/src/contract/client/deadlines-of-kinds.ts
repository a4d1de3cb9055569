import { setTimeout as sleep } from 'node:timers/promises'
import { CommandAbortedError, CommandTimeoutError } from '@redis-endpoint-failover/core'
import { eventually, type RedisServer } from '@redis-endpoint-failover/test-infra'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { quiet, rejectionOf } from '../settling.ts'
import type { GroupUnderTest } from './client-contract.ts'

/** What ends one call before its reply. */
export interface CallLimitsUnderTest {
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/** The calls that the suite makes; `limits` only where the client takes any for a single call. */
export interface LimitedClient {
  readonly group: GroupUnderTest
  connect(): Promise<unknown>
  get(key: string, limits?: CallLimitsUnderTest): Promise<unknown>
  incr(key: string, limits?: CallLimitsUnderTest): Promise<unknown>
  /** An INCR, or a GET, as any command is sent. */
  raw(name: 'GET' | 'INCR', key: string, limits?: CallLimitsUnderTest): Promise<unknown>
  /** A MULTI of one INCR. */
  transaction(key: string, limits?: CallLimitsUnderTest): Promise<unknown>
  /** A pipeline of one GET. `undefined` where such clients have none. */
  pipeline?(key: string, limits?: CallLimitsUnderTest): Promise<unknown>
}

export interface DeadlinesOfKindsOptions {
  /** The client and what it is connected to, for the names of the tests. */
  readonly name: string
  /** Starts the endpoint, which ends with the file; tells which of its servers has a key, and a key that another one has. */
  readonly start: () => Promise<{
    readonly serverOf: (key: string) => Promise<RedisServer>
    readonly elsewhere?: string
  }>
  readonly createClient: (options: {
    /** The group's. */
    readonly commandTimeout?: number
    /** The client's own, in the words of the client. */
    readonly clientTimeout?: number
  }) => LimitedClient
  /** Whether the client takes limits for a single call. */
  readonly perCall: boolean
}

const TIMEOUT_MS = 60
/** By then a command has been written. */
const WRITTEN_MS = 50
const KEY = 'hung'

/** Deadlines and signals of clients with several servers, one of which hangs. */
export function describeDeadlinesOfKinds({ name, start, createClient, perCall }: DeadlinesOfKindsOptions): void {
  let server: RedisServer
  let elsewhere: string | undefined
  /** By their options: some of these clients take a second to connect. */
  const opened = new Map<string, LimitedClient>()
  beforeAll(async () => {
    const endpoint = await start()
    server = await endpoint.serverOf(KEY)
    elsewhere = endpoint.elsewhere
  }, 60_000)
  afterEach(async () => {
    await server.resume()
    await server.command('DEL', KEY)
  })
  afterAll(() => Promise.all([...opened.values()].map(({ group }) => group.close())))

  /** A client whose server for `KEY` hangs. */
  const hang = async (
    options: Parameters<typeof createClient>[0] = {},
    before?: (client: LimitedClient) => Promise<void>,
  ): Promise<LimitedClient> => {
    const name = JSON.stringify(options)
    const client = opened.get(name) ?? createClient(options)
    if (!opened.has(name)) {
      opened.set(name, client)
      await client.connect()
    }
    // Has the connections opened that the calls will take; these may time out meanwhile.
    for (const key of [KEY, elsewhere]) if (key !== undefined) await eventually(() => client.get(key))
    await before?.(client)
    await server.pause()
    return client
  }
  const sendAll = (client: LimitedClient, limits?: CallLimitsUnderTest) => ({
    reads: [client.get(KEY, limits), client.raw('GET', KEY, limits), client.pipeline?.(KEY, limits)]
      .filter((sent) => sent !== undefined)
      .map(quiet),
    writes: [client.incr(KEY, limits), client.raw('INCR', KEY, limits), client.transaction(KEY, limits)].map(quiet),
  })
  /** That all of them rejected with such an error, which says whether it may have been executed. */
  const expectAll = async ({ reads, writes }: ReturnType<typeof sendAll>, code: string): Promise<void> => {
    for (const [sent, maybeExecuted] of [
      [reads, false],
      [writes, true],
    ] as const)
      for (const promise of sent)
        expect(await rejectionOf(promise)).toMatchObject({ code, maybeExecuted, endpointId: 'east' })
  }
  /** That the server executes each write that it was sent, once, and the client goes on as if nothing had been. */
  const expectGoesOn = async (client: LimitedClient, writes: number): Promise<void> => {
    await server.resume()
    await eventually(async () => expect(await server.command('GET', KEY)).toBe(String(writes)))
    expect(Number(await client.get(KEY, { timeout: 5000 }))).toBe(writes)
    await eventually(() => expect(client.group.snapshot().endpoints.map(({ state }) => state)).toEqual(['up']))
    expect(client.group.history().filter(({ type }) => type === 'connection-replaced')).toEqual([])
  }

  describe(`${name}: while a server hangs`, () => {
    it("every command settles in the group's commandTimeout, and says whether it may have run", async () => {
      const client = await hang({ commandTimeout: TIMEOUT_MS })
      await expectAll(sendAll(client), 'COMMAND_TIMEOUT')
      if (elsewhere !== undefined) expect(await client.get(elsewhere)).toBeNull()
      await server.resume()
      await eventually(async () => expect(await client.get(KEY)).toBe('3'))
    })

    it("every command settles in the client's own timeout", async () => {
      const client = await hang({ commandTimeout: 60_000, clientTimeout: TIMEOUT_MS })
      const error = await rejectionOf(client.incr(KEY))
      expect(error).toSatisfy(CommandTimeoutError.isInstance)
      expect(error).toMatchObject({ timeoutMs: TIMEOUT_MS, maybeExecuted: true })
    })

    it.runIf(perCall)('a timeout of one call ends that call, and no other', async () => {
      const client = await hang()
      const patient = quiet(client.get(KEY, { timeout: 5000 }))
      const endless = quiet(client.get(KEY))
      await expectAll(sendAll(client, { timeout: TIMEOUT_MS }), 'COMMAND_TIMEOUT')
      await expectGoesOn(client, 3)
      expect([await patient, await endless]).toEqual([null, null])
    })

    it.runIf(perCall)('a signal ends what is in flight at once, and keeps the rest from being sent', async () => {
      const client = await hang()
      const controller = new AbortController()
      const sent = sendAll(client, { signal: controller.signal })
      await sleep(WRITTEN_MS)
      controller.abort(new Error('the user left'))
      await expectAll(sent, 'COMMAND_ABORTED')
      const error = await rejectionOf(client.incr(KEY, { signal: controller.signal }))
      expect(error).toSatisfy(CommandAbortedError.isInstance)
      expect(error).toMatchObject({ name: 'AbortError', maybeExecuted: false, cause: { message: 'the user left' } })
      await expectGoesOn(client, 3)
    })

    it('group.execute() keeps its timeout and its signal', { timeout: 30_000 }, async () => {
      const { group } = await hang({}, async ({ group }) => {
        // Has a client to lend: a new one would be opened first, at the server that hangs.
        await eventually(() => group.execute(() => Promise.resolve()), { timeout: 20_000 })
      })
      const never = (): Promise<never> => new Promise(() => {})
      expect(await rejectionOf(group.execute(never, { timeout: TIMEOUT_MS }))).toMatchObject({
        code: 'COMMAND_TIMEOUT',
      })
      const controller = new AbortController()
      const executed = quiet(group.execute(never, { signal: controller.signal }))
      controller.abort()
      expect(await rejectionOf(executed)).toMatchObject({ name: 'AbortError' })
    })
  })
}
