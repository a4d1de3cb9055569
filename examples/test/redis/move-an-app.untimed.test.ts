import { readFileSync } from 'node:fs'
import { eventually, startServers } from '@redis-endpoint-failover/test-infra'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { runFile } from './run-example.ts'

const textOf = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const guide = textOf('docs/guides/move-an-app-to-it.md')

afterEach(() => vi.unstubAllEnvs())

/** The lines of the guide's diff of a file. */
const diffOf = (path: string): string[] => {
  const [, body = ''] = guide.split(`<!-- diff of ${path} -->\n\`\`\`diff\n`)
  return body.slice(0, body.indexOf('\n```')).split('\n')
}

const side = (diff: readonly string[], sign: '+' | '-'): string =>
  diff
    .filter((line) => line.startsWith(sign) || line.startsWith(' '))
    .map((line) => line.slice(1))
    .join('\n')

describe.each(['node-redis', 'ioredis'])('the app that the guide moves, on %s', (client) => {
  const bare = `examples/src/readme/bare-${client}.ts`
  const moved = `examples/src/readme/moved-${client}.ts`

  test('is changed in two lines', () => {
    const diff = diffOf(bare)
    expect(diff.filter((line) => line.startsWith('+'))).toHaveLength(2)
    expect(diff.filter((line) => line.startsWith('-'))).toHaveLength(1)
    expect(textOf(bare)).toContain(side(diff, '-'))
    expect(textOf(bare).replace(side(diff, '-'), () => side(diff, '+'))).toBe(textOf(moved))
  })

  test('works as before, and when the endpoint in use is killed', async () => {
    const [east, west] = await startServers(['east', 'west'])
    vi.stubEnv('REDIS_URL', west.url)
    vi.stubEnv(
      'REDIS_ENDPOINTS',
      JSON.stringify([
        { id: 'east', weight: 2, options: { url: east.url } },
        { id: 'west', weight: 1, options: { url: west.url } },
      ]),
    )
    expect(await runFile(`src/readme/bare-${client}.ts`)).toBe('100 visits counted, 0 failed\n')
    expect(await west.command('GETDEL', 'visits')).toBe('100')

    const running = runFile(`src/readme/moved-${client}.ts`)
    await eventually(async () => Number(await east.command('GET', 'visits')) >= 30, {
      // The program is compiled first.
      timeout: 30_000,
    })
    await east.kill()
    // A transaction that was in flight is for the app to judge, and this app counts it as failed.
    expect(await running).toMatch(/^100 visits counted, [01] failed\n$/)
    expect(Number(await west.command('GET', 'visits'))).toBeGreaterThan(0)
    await Promise.all([east.stop(), west.stop()])
  })
})
