import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { bundle } from '../child/bundle.ts'
import { startPair } from '../scenario/server-pair.ts'
import { defineFigure } from './figure.ts'

const giveUpMs = 10_000

export const close = defineFigure({
  name: 'close',
  injected: 'a process with traffic that survives kill -9 of the active endpoint, then close()',
  expected: 'the process ends by itself',
  measures: {
    resourcesLeft: { label: 'active resources left after close()', rule: 'count', bound: 0 },
    exitedAfter: { label: 'process ended after close()', rule: 'time', bound: 100 },
    exitCode: { label: 'exit code', rule: 'count', bound: 0 },
  },
  runs: { full: 5, short: 1 },
  secondsPerRun: 1.5,
  alone: ['full'],
  async open(client) {
    const [servers, program] = await Promise.all([startPair(), bundle('closes-after-a-failover')])
    return {
      async run() {
        if (!servers.east.isRunning) await servers.east.restart()
        const from = performance.now()
        const child = spawn(process.execPath, [program, JSON.stringify([client.name, servers.addresses])], {
          stdio: ['ignore', 'pipe', 'inherit'],
          timeout: giveUpMs,
          killSignal: 'SIGKILL',
        })
        const exited = once(child, 'exit')
        let left = [`${client.name} never closed`]
        let closedAt = Number.NaN
        for await (const line of createInterface({ input: child.stdout })) {
          const message = JSON.parse(line) as { said: string; left?: string[] }
          if (message.said === 'working') await servers.east.kill()
          if (message.said === 'closed') {
            closedAt = performance.now()
            left = message.left ?? left
          }
        }
        const [code] = (await exited) as [number | null]
        const exitedAt = performance.now()
        return {
          window: { from, to: exitedAt },
          values: { resourcesLeft: left.length, exitedAfter: exitedAt - closedAt, exitCode: code ?? 1 },
        }
      },
      close: async () => {
        await rm(program, { force: true })
        await servers.stop()
      },
    }
  },
})
