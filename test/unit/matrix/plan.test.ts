import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aliasOfMatrixClient } from '../../../scripts/matrix/alias.ts'
import { CLIENT_LINES, labelOf, NODE_LINES, planCells } from '../../../scripts/matrix/plan.ts'
import type { CellResult } from '../../../scripts/matrix/run-cell.ts'
import { matrixTable } from '../../../scripts/matrix/table.ts'

const root = join(import.meta.dirname, '../../..')

test('without a choice, every client meets every Node', () => {
  const cells = planCells({ clients: [], nodes: [] })
  expect(cells).toHaveLength(CLIENT_LINES.length * NODE_LINES.length)
  expect(new Set(cells.map(({ client, node }) => `${labelOf(client)} ${node}`)).size).toBe(cells.length)
})

test('a package, a line of it and a Node select', () => {
  const labels = (clients: string[], nodes: string[]) =>
    planCells({ clients, nodes }).map(({ client, node }) => `${labelOf(client)} ${node}`)
  expect(labels(['redis@5.8', 'ioredis@6.0'], ['22'])).toEqual(['redis@5.8 22', 'ioredis@6.0 22'])
  expect(labels(['redis'], ['20'])).toEqual(['redis@5.8 20', 'redis@5.12 20', 'redis@6.0 20', 'redis@newest 20'])
})

test.each([
  [{ clients: ['redis@4'], nodes: [] }, /--client redis@4: there is redis, ioredis, redis@5.8/],
  [{ clients: [], nodes: ['18'] }, /--node 18: there is 20, 22, 24, 26/],
])('a selector that fits nothing is refused, with what there is: %o', (selection, message) => {
  expect(() => planCells(selection)).toThrow(message)
})

test('the oldest line of each client is the oldest version that the adapter asks for', () => {
  for (const name of ['redis', 'ioredis'] as const) {
    const [oldest] = CLIENT_LINES.filter((client) => client.name === name)
    const manifest = readFileSync(join(root, 'packages', oldest!.adapter, 'package.json'), 'utf8')
    const { peerDependencies } = JSON.parse(manifest) as { peerDependencies: Record<string, string> }
    expect(peerDependencies[name]).toBe(`>=${oldest!.range} <7`)
  }
})

test('the alias leads both packages of node-redis to the version under test, and nothing else', () => {
  const aliases = aliasOfMatrixClient('redis=/cache/redis@5.8')
  const resolve = (name: string) => aliases.find(({ find }) => find.test(name))?.replacement
  expect(resolve('redis')).toBe(join('/cache/redis@5.8/node_modules/redis'))
  expect(resolve('@redis/client')).toBe(join('/cache/redis@5.8/node_modules/@redis/client'))
  expect(resolve('ioredis')).toBeUndefined()
  expect(aliasOfMatrixClient(undefined)).toEqual([])
  expect(() => aliasOfMatrixClient('redis')).toThrow('MATRIX_CLIENT is "redis"')
})

test('the table shows what failed, and whether the types compile', () => {
  const [first, second] = CLIENT_LINES
  const result = (client: typeof first | typeof second, failed: number): CellResult => ({
    cell: { client, node: '20' },
    clientVersion: client.line,
    nodeVersion: '20.20.2',
    passed: 90,
    failed,
    skipped: 0,
    seconds: 30.4,
    failures: [],
  })
  const table = matrixTable(
    [result(first, 0), result(second, 6)],
    [
      { client: first, complaint: '' },
      { client: second, complaint: 'error TS1' },
    ],
  )
  expect(table.split('\n')).toEqual([
    '| client | Node 20.20.2 | types |',
    '| --- | --- | --- |',
    '| redis@5.8 (5.8) | 90 passed, 30 s | compile |',
    '| redis@5.12 (5.12) | **6 of 96 failed**, 30 s | **do not compile** |',
  ])
})
