import { spawn } from 'node:child_process'
import dns from 'node:dns'
import { once } from 'node:events'
import { fillBacklog } from '@redis-endpoint-failover/test-infra'
import { defineRow, shown, time } from '../fault-row.ts'
import type { EndpointTarget, FaultRun } from '../fault-run.ts'

const name = 'two-families.redis.test'
const extraMs = 300

/** The name has two addresses in this process, the IPv6 one first. */
function resolveBoth(run: FaultRun): void {
  const real = dns.lookup
  const found = [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ]
  const fake = (host: string, options: dns.LookupOptions, done: (...args: unknown[]) => void): void => {
    if (host !== name) {
      real(host, options, done as never)
      return
    }
    const { family } = options
    const suited = found.filter((each) => !family || each.family === Number(String(family).replace('IPv', '')))
    const [first] = suited
    setImmediate(() => (options.all ? done(null, suited) : done(null, first?.address, first?.family)))
  }
  dns.lookup = fake as typeof dns.lookup
  run.undo(() => {
    dns.lookup = real
  })
}

/** Connecting to this port of ::1 hangs, as through a firewall: a stopped process listens there, and its queue is full. */
async function silentAt(run: FaultRun, port: number): Promise<void> {
  const listen = `require('net').createServer().listen({ host: '::1', port: ${port}, backlog: 1 }, () => console.log('up'))`
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] })
  run.undo(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  await once(child.stdout, 'data')
  child.kill('SIGSTOP')
  const filled = await fillBacklog({ host: '::1', port })
  run.undo(() => filled[Symbol.asyncDispose]())
}

interface Start {
  /** The longest of the connects that were made. */
  readonly connectMs: number
  /** From the making of the client. */
  readonly firstReplyMs: number
}

async function startUp(run: FaultRun, east: EndpointTarget): Promise<Start> {
  const from = performance.now()
  const session = run.session({ east })
  await session.connectOnly()
  await session.client.get('key')
  const firstReplyMs = performance.now() - from
  return {
    connectMs: Math.max(...session.eventsSince('connection-opened', from).map(({ connectMs }) => connectMs)),
    firstReplyMs,
  }
}

export const deadIpv6 = defineRow({
  row: 44,
  title: 'IPv6 dead, IPv4 well',
  inject: 'a name with an IPv6 and an IPv4 address: nothing listens at the IPv6 one, or connecting to it hangs',
  expected: 'connected over IPv4',
  measures: {
    refusedExtra: time('IPv6 refused: a connect takes longer by', extraMs),
    silentExtra: time('IPv6 silent: a connect takes longer by', extraMs),
    firstReply: shown('IPv6 silent: first reply, after two connects (ms)'),
    plainFirstReply: shown('first reply over the IPv4 address alone (ms)'),
  },
  seconds: 2.5,
  needs: ['linux', 'ipv6'],
  async run(run) {
    const east = await run.server('east')
    resolveBoth(run)
    const from = performance.now()
    // The first client of a process pays for what is only then compiled.
    await startUp(run, east)
    const plain = await startUp(run, east)
    const named = { host: name, port: east.port }
    const refused = await startUp(run, named)
    await silentAt(run, east.port)
    const silent = await startUp(run, named)
    return {
      window: { from, to: performance.now() },
      values: {
        refusedExtra: Math.max(0, refused.connectMs - plain.connectMs),
        silentExtra: Math.max(0, silent.connectMs - plain.connectMs),
        firstReply: silent.firstReplyMs,
        plainFirstReply: plain.firstReplyMs,
      },
    }
  },
})
