import { setTimeout as sleep } from 'node:timers/promises'
import { eventually, type RedisServer } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { quiet, settledWithin } from '../settling.ts'
import { type ClientBench, SLACK_MS, type Stage } from './client-bench.ts'

interface Case {
  readonly when: string
  /** Returns what must settle. */
  readonly arrange: (stage: Stage) => Promise<Promise<unknown>[]>
  readonly proxied?: true
}

const commands = ({ get, incr }: Stage): Promise<unknown>[] =>
  Array.from({ length: 20 }, (_, i) => [quiet(get('key')), quiet(incr(`counter:${i}`))]).flat()

const CASES: readonly Case[] = [
  {
    when: 'idle',
    arrange: async (stage) => {
      await stage.connect()
      return []
    },
  },
  { when: 'never started', arrange: () => Promise.resolve([]) },
  { when: 'connecting', arrange: (stage) => Promise.resolve([quiet(stage.connect())]) },
  {
    when: 'connecting to endpoints that say nothing',
    arrange: async (stage) => {
      await Promise.all(stage.servers.map((server) => server.pause()))
      const connecting = quiet(stage.connect())
      await sleep(100)
      return [connecting]
    },
  },
  {
    when: 'carrying commands',
    proxied: true,
    arrange: async (stage) => {
      await stage.connect()
      await stage.proxy.setFaults({ latency: 100 })
      return commands(stage)
    },
  },
  {
    when: 'carrying commands to an endpoint that hangs',
    arrange: async (stage) => {
      await stage.connect()
      await stage.get('warm')
      await stage.east.pause()
      return commands(stage)
    },
  },
  {
    when: 'in a failover',
    arrange: async (stage) => {
      await stage.connect()
      await stage.get('warm')
      await stage.east.pause()
      const inFlight = commands(stage)
      await stage.east.kill()
      return inFlight
    },
  },
  {
    when: 'waiting for an endpoint',
    arrange: async (stage) => {
      await stage.connect()
      await Promise.all(stage.servers.map((server) => server.kill()))
      await eventually(() => stage.group.snapshot().endpoints.every(({ state }) => state === 'down'))
      return commands(stage)
    },
  },
]

const DRAIN_TIMEOUT_MS = 300

export function describeClosing(bench: ClientBench): void {
  describe('a client that is closed', () => {
    it.each(CASES)('while $when: everything settles, and nothing stays behind', async ({ arrange, proxied }) => {
      const stage = await bench.stage({
        idle: true,
        proxied: proxied === true,
        groupOptions: { drainTimeout: DRAIN_TIMEOUT_MS },
      })
      const before = resources()
      const open = await arrange(stage)
      // The group ends with its last client.
      const all = await settledWithin(Promise.allSettled([...open, stage.close()]), DRAIN_TIMEOUT_MS + SLACK_MS)
      expect(all.state).toBe('resolved')
      // Timers of the tests themselves come and go; what was left behind would stay.
      await eventually(() => resources().sockets <= before.sockets && resources().timers <= before.timers, {
        timeout: 1000,
      })
      for (const server of stage.servers) await expectNoClients(server)
    })

    it('rejects later commands, and may be closed again', async () => {
      const { group, get, close } = await bench.stage()
      await close()
      await settledWithin(quiet(close()), SLACK_MS)
      await group.close()
      await group.close()
      expect((await settledWithin(quiet(get('key')), SLACK_MS)).state).toBe('rejected')
    })

    it('lets commands in flight finish first', async () => {
      const { group, get, proxy } = await bench.stage({ proxied: true })
      await proxy.setFaults({ latency: 100 })
      const slow = quiet(get('key'))
      await group.close()
      expect(await settledWithin(slow, SLACK_MS)).toMatchObject({ state: 'resolved', value: null })
    })
  })
}

// Only what keeps the process alive is listed: pipes of vitest and of child processes stay the same.
function resources(): { sockets: number; timers: number } {
  const names = process.getActiveResourcesInfo()
  const count = (name: string): number => names.filter((each) => each === name).length
  return { sockets: count('TCPSocketWrap'), timers: count('Timeout') + count('Immediate') }
}

// What does not hold the process would be found here.
async function expectNoClients(server: RedisServer): Promise<void> {
  if (!server.isRunning) return
  await server.resume()
  await eventually(async () => {
    const clients = String(await server.command('CLIENT', 'LIST', 'TYPE', 'normal'))
    return (
      clients
        .trim()
        .split('\n')
        .filter((line) => !line.includes(`user=${server.control.username}`)).length === 0
    )
  })
}
