import { describe, expect, it } from 'vitest'
import { modules } from '../../../../src/health/checks/modules.ts'
import { checkBench, errorOf } from './check-bench.ts'

const server = (commands: readonly string[], list: unknown) =>
  checkBench(async ([name, , ...wanted]) => {
    if (name === 'MODULE') return list
    return wanted.map((command) => (commands.includes(String(command).toUpperCase()) ? [command, 2] : null))
  })

const HEALTHY = { result: { healthy: true } }

describe('modules', () => {
  it('finds commands', async () => {
    expect(await server(['JSON.GET', 'FT.SEARCH'], 'not asked').run(modules(['JSON.GET', 'ft.search']))).toEqual(
      HEALTHY,
    )
  })

  it.each([
    [
      'lists',
      [
        ['name', 'search', 'ver', 1],
        ['name', 'ReJSON', 'ver', 2],
      ],
    ],
    [
      'lists in another order',
      [
        ['ver', 1, 'name', 'search'],
        ['ver', 2, 'name', 'ReJSON'],
      ],
    ],
    [
      'buffers',
      [
        [Buffer.from('name'), Buffer.from('search')],
        [Buffer.from('name'), Buffer.from('ReJSON')],
      ],
    ],
    ['objects', [{ name: 'search' }, { name: 'ReJSON' }]],
    ['maps', [new Map([['name', 'search']]), new Map([['name', 'ReJSON']])]],
  ])('finds modules that come as %s', async (_what, list) => {
    expect(await server([], list).run(modules(['Search', 'ReJSON']))).toEqual(HEALTHY)
    expect(await server([], list).run(modules(['search', 'bf']))).toEqual({
      result: { healthy: false, reason: 'it has neither command nor module "bf"' },
    })
  })

  it('does not take a value for a name', async () => {
    const outcome = await server([], [['path', 'name', 'args', 'bf']]).run(modules(['args', 'bf']))
    expect(outcome).toMatchObject({ result: { healthy: false } })
  })

  it('does not take a strange reply for an answer', async () => {
    expect(errorOf(await checkBench(async () => 'OK').run(modules(['bf'])))).toContain('COMMAND INFO')
    expect(errorOf(await server([], 'OK').run(modules(['bf'])))).toContain('MODULE LIST')
  })

  it('only keeps from becoming a target, unless told otherwise', () => {
    expect(modules(['bf']).governs).toBe('eligibility')
    expect(modules(['bf'], { governs: 'liveness' }).governs).toBe('liveness')
  })

  it.each([[[]], [['']], [[1]], ['bf'], [undefined]])('refuses %j as names', (names) => {
    expect(() => modules(names as never)).toThrow('modules.names')
    expect(() => modules(['bf'], { max: 1 } as never)).toThrow('modules.max')
  })
})
