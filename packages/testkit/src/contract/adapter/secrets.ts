import { inspect } from 'node:util'
import { eventually } from '@redis-endpoint-failover/test-infra'
import { describe, expect, it } from 'vitest'
import { quiet, rejectionOf } from '../settling.ts'
import type { AdapterBench } from './adapter-bench.ts'

const SECRET = 'correct-horse-battery-staple'

/** Everything that logging an object could print. */
export const printed = (value: unknown): string => {
  const seen = new Set<unknown>()
  const json = JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null) return typeof part === 'bigint' ? String(part) : part
    if (seen.has(part)) return '(again)'
    seen.add(part)
    return part
  })
  return `${json} ${inspect(value, { depth: 8 })} ${String(value)}`
}

export function describeSecrets(bench: AdapterBench): void {
  describe('what can be printed', () => {
    it('holds an address without anything secret', () => {
      const server = { host: 'redis.example', port: 6380, username: 'app', password: SECRET }
      const address = bench.adapter.describeAddress(bench.optionsFor(server))
      expect(address).toContain('6380')
      expect(address).not.toContain(SECRET)
    })

    it('holds no password: a connection that is open', async () => {
      const server = await bench.startServer({ password: SECRET })
      const { connection } = await bench.open(server)
      expect(printed(connection)).not.toContain(SECRET)
    })

    it('holds no password: errors of authentication, and verdicts on them', async () => {
      const server = await bench.startServer({ password: 'another' })
      const { host, port } = server
      for (const username of [undefined, 'app']) {
        const { connection } = bench.create({ host, port, username, password: SECRET })
        const error = await rejectionOf(connection.connect())
        expect(printed(error)).not.toContain(SECRET)
        expect(printed(bench.classify(error))).not.toContain(SECRET)
      }
    })

    it('holds no password: errors of lost connections', async () => {
      const server = await bench.startServer({ password: SECRET })
      const { command, lost } = await bench.open(server)
      const inFlight = quiet(command('BLPOP', 'nothing', 0))
      await server.kill()
      expect(printed(await rejectionOf(inFlight))).not.toContain(SECRET)
      await eventually(() => lost.length > 0, { timeout: 1000 })
      expect(printed(lost[0])).not.toContain(SECRET)
    })

    it('holds neither keys nor values: verdicts', async () => {
      const { command } = await bench.open()
      const error = await rejectionOf(command('LPUSH', 'secret-key', SECRET).then(() => command('INCR', 'secret-key')))
      expect(printed(bench.classify(error))).not.toMatch(/secret-key|correct-horse/)
    })

    it('is a verdict for anything that is thrown', () => {
      for (const thrown of [undefined, null, 'text', 7, {}, new Error(''), new TypeError('no function')]) {
        const { attempt, evidence } = bench.classify(thrown)
        expect(['unsent', 'rejected', 'ambiguous', 'answered']).toContain(attempt)
        expect(evidence.message).toEqual(expect.any(String))
      }
    })
  })
}
