import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type PresetName, presets } from '../../../src/index.ts'
import { resolvePool } from '../../../src/options/pool-options.ts'
import { GROUP_OPTION_NAMES } from '../../../src/options/resolve-options.ts'

const reference = readFileSync(new URL('../../../../../docs/reference/options.md', import.meta.url), 'utf8')
const names = ['default', 'fast', 'wan', 'redisOfficialDefaults'] as const satisfies readonly PresetName[]

const rowsOf = (section: 'health' | 'failback'): readonly (readonly string[])[] => {
  const table = reference.split(`| \`${section}\` | \`default\``)[1]?.split('\n\n')[0] ?? ''
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')))
}

describe('docs/reference/options.md', () => {
  test.each(['health', 'failback'] as const)('states the %s settings of every preset as they are', (section) => {
    const documented = Object.fromEntries(
      rowsOf(section).map(([, field = '', ...cells]) => [field, cells.slice(0, names.length)]),
    )
    for (const [field, cells] of Object.entries(documented)) {
      const actual = names.map((name) => String((presets[name][section] as unknown as Record<string, unknown>)[field]))
      expect(cells, field).toEqual(actual)
    }
    // The cap of the re-probe while DOWN is not an option; everything else is listed.
    const fields = Object.keys(presets.default[section]).filter((field) => field !== 'reprobeCap')
    expect(Object.keys(documented).sort()).toEqual(fields.sort())
  })

  test('states the pool settings as they are', () => {
    const rows = (reference.split('| `pool` | default |')[1]?.split('\n\n')[0] ?? '').split('\n')
    const documented = rows
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    expect(Object.fromEntries(documented.map(([, field = '', value]) => [field, Number(value)]))).toEqual(resolvePool())
  })

  test('lists every option of a group', () => {
    for (const name of GROUP_OPTION_NAMES.filter((option) => option !== 'preset'))
      expect(reference).toContain(`| \`${name}\` |`)
  })
})
