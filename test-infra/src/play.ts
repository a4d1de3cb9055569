// Three Redis servers and a proxy to break by hand: `pnpm infra`.
import { createInterface } from 'node:readline'
import type { FaultProxy } from './proxy/fault-proxy.ts'
import type { Faults } from './proxy/faults.ts'
import { startProxy } from './proxy/start-proxy.ts'
import type { RedisServer } from './redis/redis-server.ts'
import { startServers } from './redis/start-redis.ts'

const faultsByWord: Record<string, (value: number) => Faults> = {
  latency: (ms) => ({ latency: ms }),
  bandwidth: (bytesPerSecond) => ({ bandwidth: bytesPerSecond }),
  slice: (intervalMs) => ({ slice: { bytes: 1, intervalMs } }),
  blackhole: () => ({ blackhole: true }),
  stall: () => ({ stall: true }),
  reset: () => ({ reset: true }),
  refuse: () => ({ refuse: true }),
  mute: () => ({ mute: true }),
  clear: () => ({}),
}

const serverWords = ['kill', 'pause', 'resume', 'restart'] as const

const help = [
  'Or type here:',
  '  kill|pause|resume|restart east|west|south',
  '  latency 300 | bandwidth 1000 | slice 5 | blackhole | stall | mute | reset | refuse | clear   (the proxy)',
  '  quit',
].join('\n')

const [east, west, south] = await startServers(['east', 'west', 'south'])
const servers = [east, west, south]
const proxy = await startProxy({ target: east })

console.log(describe())
const untilEnded = setInterval(() => undefined, 60_000)
const keyboard = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stdout }) : undefined
keyboard?.on('line', (line) => void obey(line).then(() => keyboard.prompt(), complain))
keyboard?.once('close', () => void end())
keyboard?.prompt()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end())

async function obey(line: string): Promise<void> {
  const [word = '', argument = ''] = line.trim().split(/\s+/)
  if (word === '') return
  if (word === 'quit') return await end()
  const server = servers.find(({ name }) => name === argument)
  const serverWord = serverWords.find((known) => known === word)
  if (serverWord !== undefined && server !== undefined) {
    await server[serverWord]()
    console.log(stateOf(server))
    return
  }
  const faults = faultsByWord[word]?.(Number(argument) || 0)
  if (faults === undefined) {
    console.log(help)
    return
  }
  await proxy.setFaults(faults)
  console.log(`proxy: ${JSON.stringify(faults)}`)
}

function complain(error: unknown): void {
  console.error(String(error))
}

async function end(): Promise<void> {
  clearInterval(untilEnded)
  await proxy.close()
  await Promise.all(servers.map((server) => server.stop()))
  process.exit(0)
}

function stateOf(server: RedisServer): string {
  const pid = server.isRunning ? `pid ${server.pid}` : 'not running'
  return `  ${server.name.padEnd(6)} ${server.url.padEnd(26)} ${pid}`
}

function describe(): string {
  return [
    'Three Redis servers, which end when this ends:',
    ...servers.map(stateOf),
    describeProxy(proxy),
    '',
    'Try from another terminal:',
    `  kill -9 ${east.pid}       east dies`,
    `  kill -STOP ${east.pid}    east hangs; kill -CONT ${east.pid} wakes it up`,
    `  redis-cli -p ${west.port} CLIENT PAUSE 5000`,
    ...(process.stdin.isTTY ? ['', help] : []),
    '',
    'Ctrl-C ends all of it.',
  ].join('\n')
}

function describeProxy({ url }: FaultProxy): string {
  return `  ${'proxy'.padEnd(6)} ${url.padEnd(26)} in front of east`
}
