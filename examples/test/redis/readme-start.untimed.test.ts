import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { startServers } from '@redis-endpoint-failover/test-infra'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runFile } from './run-example.ts'

// Within the package, so that its dependencies are found; ignored by git and by the linter.
const copies = 'node_modules/.readme'
const here = (path: string) => new URL(`../../${path}`, import.meta.url)

beforeAll(() => mkdirSync(here(copies), { recursive: true }))
afterAll(() => rmSync(here(copies), { recursive: true, force: true }))

describe.each(['start-node-redis', 'start-ioredis'])('%s', (name) => {
  test('what the README says to start with works as it stands, but for the addresses', async () => {
    const [east, west] = await startServers(['east', 'west'])
    const text = readFileSync(here(`src/readme/${name}.ts`), 'utf8')
    let copy = text
    for (const { name: host, port } of [east, west]) {
      copy = copy
        .replace(`redis://${host}:6379`, `redis://127.0.0.1:${port}`)
        .replace(`host: '${host}', port: 6379`, `host: '127.0.0.1', port: ${port}`)
    }
    writeFileSync(here(`${copies}/${name}.mts`), copy)

    expect(copy).not.toContain('6379')
    expect(text.trimEnd().split('\n').filter(Boolean).length).toBeLessThanOrEqual(15)
    expect(await runFile(`${copies}/${name}.mts`)).toBe('hello\n')
    expect(await east.command('GET', 'greeting')).toBe('hello')
    expect(await west.command('GET', 'greeting')).toBeNull()
    await Promise.all([east.stop(), west.stop()])
  })
})
