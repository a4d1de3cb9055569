import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** What each rule is called in the linter's report. */
const rules = {
  plugin: 'plugin',
  global: 'lint/style/noRestrictedGlobals',
  floating: 'lint/nursery/noFloatingPromises',
  console: 'lint/suspicious/noConsole',
  default: 'lint/style/noDefaultExport',
  any: 'lint/suspicious/noExplicitAny',
  typeImport: 'lint/style/useImportType',
  cycle: 'lint/suspicious/noImportCycles',
} as const

type Case = readonly [rule: keyof typeof rules | 'clean', file: string, code: string]

const core = 'packages/core/src'

/** One import that uses what it imports, so that no other rule speaks up. */
const imports = (from: string) => `import { thing } from '${from}'\n\nexport const used = thing\n`
const importsType = (from: string) => `import type { Thing } from '${from}'\n\nexport type Used = Thing\n`

const cases: Case[] = [
  // Layers: up is an error, sideways and down are not.
  ['plugin', `${core}/failover-group.ts`, imports('./index.ts')],
  ['clean', `${core}/failover-group.ts`, imports('./failover/controller.ts')],
  ['clean', `${core}/index.ts`, imports('./failover-group.ts')],
  ...['failover', 'retry', 'pool', 'discovery', 'pubsub', 'routing', 'connections'].flatMap((folder): Case[] => [
    ['plugin', `${core}/${folder}/a.ts`, imports('../failover-group.ts')],
    ['plugin', `${core}/${folder}/deep/a.ts`, imports('../../index.ts')],
    ['clean', `${core}/${folder}/a.ts`, imports('../health/monitor.ts')],
    ['clean', `${core}/${folder}/a.ts`, imports('../connections/progress.ts')],
  ]),
  ...['health', 'detector', 'selection', 'endpoint', 'options'].flatMap((folder): Case[] => [
    ['plugin', `${core}/${folder}/a.ts`, imports('../failover/decide.ts')],
    ['plugin', `${core}/${folder}/a.ts`, imports('../retry/budget.ts')],
    ['plugin', `${core}/${folder}/a.ts`, imports('../connections/standby.ts')],
    ['plugin', `${core}/${folder}/a.ts`, importsType('../routing/binding.ts')],
    ['plugin', `${core}/${folder}/deep/a.ts`, imports('../../pool/lease.ts')],
    ['plugin', `${core}/${folder}/a.ts`, `export * from '../discovery/static.ts'\n`],
    ['plugin', `${core}/${folder}/a.ts`, `export const load = () => import('../failover/decide.ts')\n`],
    ['plugin', `${core}/${folder}/a.ts`, `export type Used = import('../failover/decide.ts').Thing\n`],
    ['plugin', `${core}/${folder}/a.ts`, imports('../failover-group.ts')],
    ['clean', `${core}/${folder}/a.ts`, imports('../selection/latency.ts')],
    ['clean', `${core}/${folder}/a.ts`, imports('../adapter/client-adapter.ts')],
    ['clean', `${core}/${folder}/a.ts`, imports('../runtime/clock.ts')],
    ['clean', `${core}/${folder}/a.ts`, imports('./failover-count.ts')],
  ]),
  ['plugin', `${core}/adapter/a.ts`, imports('../health/evidence.ts')],
  ['plugin', `${core}/adapter/a.ts`, `export { thing } from '../endpoint/endpoint.ts'\n`],
  ['plugin', `${core}/adapter/a.ts`, importsType('../failover/decide.ts')],
  ['clean', `${core}/adapter/a.ts`, importsType('../health/evidence.ts')],
  ['clean', `${core}/adapter/a.ts`, imports('../errors.ts')],
  ...['events.ts', 'errors.ts', 'runtime/a.ts', 'events/a.ts'].flatMap((file): Case[] => {
    const up = file.includes('/') ? '..' : '.'
    return [
      ['plugin', `${core}/${file}`, imports(`${up}/adapter/client-adapter.ts`)],
      ['plugin', `${core}/${file}`, imports(`${up}/health/monitor.ts`)],
      ['plugin', `${core}/${file}`, imports(`${up}/options/presets.ts`)],
      ['plugin', `${core}/${file}`, imports(`${up}/failover/decide.ts`)],
      ['plugin', `${core}/${file}`, importsType(`${up}/failover/decide.ts`)],
      ['plugin', `${core}/${file}`, imports(`${up}/failover-group.ts`)],
      ['clean', `${core}/${file}`, imports(`${up}/errors-list.ts`)],
    ]
  }),
  ['plugin', `${core}/runtime/a.ts`, importsType('../health/evidence.ts')],
  ['clean', `${core}/events/a.ts`, importsType('../health/evidence.ts')],
  ['plugin', `${core}/index.ts`, imports('./testing.ts')],
  ['plugin', `${core}/health/a.ts`, imports('../testing/virtual-clock.ts')],
  ['clean', `${core}/testing.ts`, imports('./testing/virtual-clock.ts')],
  ['clean', `${core}/testing/a.ts`, imports('../failover/decide.ts')],

  // Packages.
  ...['redis', '@redis/client', 'ioredis', '@redis-endpoint-failover/node-redis', 'express'].flatMap((name): Case[] => [
    ['plugin', `${core}/health/a.ts`, imports(name)],
    ['plugin', `${core}/runtime/a.ts`, importsType(name)],
  ]),
  ['clean', `${core}/events.ts`, imports('eventemitter3')],
  ['clean', `${core}/discovery/a.ts`, imports('p-retry')],
  ...['node-redis', 'ioredis'].flatMap((name): Case[] => [
    ['plugin', `packages/${name}/src/a.ts`, imports('@redis-endpoint-failover/core/testing')],
    ['plugin', `packages/${name}/src/a.ts`, imports('@redis-endpoint-failover/core/src/errors.ts')],
    ['plugin', `packages/${name}/src/a.ts`, imports('../../core/src/index.ts')],
    ['plugin', `packages/${name}/src/deep/a.ts`, importsType('../../../core/src/errors.ts')],
    ['plugin', `packages/${name}/src/a.ts`, imports('@redis-endpoint-failover/node-redis')],
    ['plugin', `packages/${name}/src/a.ts`, importsType('@redis-endpoint-failover/ioredis')],
    ['plugin', `packages/${name}/src/a.ts`, imports('@redis-endpoint-failover/test-infra')],
    ['plugin', `packages/${name}/src/a.ts`, imports('redis')],
    ['plugin', `packages/${name}/src/a.ts`, imports('@redis/client')],
    ['plugin', `packages/${name}/src/a.ts`, imports('@redis/client/dist/lib/client')],
    ['plugin', `packages/${name}/src/a.ts`, imports('ioredis')],
    ['plugin', `packages/${name}/src/a.ts`, `import { type Redis } from 'ioredis'\n\nexport type Used = Redis\n`],
    ['plugin', `packages/${name}/src/a.ts`, `export { Redis } from 'ioredis'\n`],
    ['plugin', `packages/${name}/src/a.ts`, `export const load = () => import('ioredis')\n`],
    ['clean', `packages/${name}/src/a.ts`, imports('@redis-endpoint-failover/core')],
    ['clean', `packages/${name}/src/a.ts`, importsType('redis')],
    ['clean', `packages/${name}/src/a.ts`, importsType('ioredis')],
    ['clean', `packages/${name}/src/a.ts`, imports('./ioredis/commands.ts')],
  ]),

  // Time and chance.
  ...[
    'Date.now()',
    'Math.random()',
    'Math.random',
    `Math['random']()`,
    'AbortSignal.timeout(5)',
    `AbortSignal['timeout'](5)`,
  ].flatMap((use): Case[] => [
    ['plugin', `${core}/failover/a.ts`, `export const value = ${use}\n`],
    ['clean', `${core}/runtime/a.ts`, `export const value = ${use}\n`],
  ]),
  ['plugin', `${core}/failover/a.ts`, `const { random } = Math\n\nexport const value = random()\n`],
  ...[
    'new Date()',
    'Date.now()',
    'performance.now()',
    'setTimeout(() => {}, 5)',
    'setInterval(() => {}, 5)',
    'setImmediate(() => {})',
    'globalThis.setTimeout(() => {}, 5)',
    'global.Date.now()',
    'crypto.randomUUID()',
  ].flatMap((use): Case[] => [
    ['global', `${core}/testing/a.ts`, `export const value = ${use}\n`],
    ['clean', `${core}/runtime/a.ts`, `export const value = ${use}\n`],
  ]),
  ...['node:timers', 'node:timers/promises', 'node:perf_hooks', 'node:crypto', 'node:net'].flatMap((name): Case[] => [
    ['plugin', `${core}/detector/a.ts`, imports(name)],
    ['clean', `${core}/runtime/a.ts`, imports(name)],
  ]),
  ['plugin', `${core}/health/checks/ping.ts`, imports('node:http')],
  ['clean', `${core}/health/checks/http.ts`, imports('node:http')],
  ['clean', `${core}/health/checks/http.ts`, imports('node:https')],
  ['plugin', `${core}/health/checks/http.ts`, imports('node:timers')],
  ['clean', `${core}/failover/a.ts`, `queueMicrotask(() => {})\n\nexport const value = Math.max(1, 2)\n`],

  // Habits.
  ['floating', `${core}/failover/a.ts`, `async function probe() {}\n\nexport function start() {\n  probe()\n}\n`],
  ['floating', 'packages/ioredis/src/a.ts', `export function end(a: { close(): Promise<void> }) {\n  a.close()\n}\n`],
  ['clean', `${core}/failover/a.ts`, `async function probe() {}\n\nexport function start() {\n  void probe()\n}\n`],
  ['console', `${core}/failover/a.ts`, `console.log('a')\n`],
  ['console', 'packages/node-redis/src/a.ts', `console.error('a')\n`],
  ['clean', 'examples/a.ts', `console.log('a')\n`],
  ['default', `${core}/failover/a.ts`, 'export default 5\n'],
  ['clean', 'packages/core/tsdown.config.ts', 'export default 5\n'],
  ['any', 'packages/testkit/src/a.ts', 'export const value: any = 5\n'],
  [
    'clean',
    'packages/testkit/src/a.ts',
    '// biome-ignore lint/suspicious/noExplicitAny: a reason\nexport const value: any = 5\n',
  ],
  ['typeImport', `${core}/failover/a.ts`, `import { Thing } from './b.ts'\n\nexport type Used = Thing\n`],
]

describe('the lint rules', () => {
  const workspace = mkdtempSync(join(realpathSync(tmpdir()), 'lint-rules-'))
  const found = new Map<string, Set<string>>()

  /** Each case gets a workspace of its own, so that many cases can name the same file. */
  const folderOf = (index: number) => join('case', String(index))

  beforeAll(() => {
    cpSync(join(root, 'biome.json'), join(workspace, 'biome.json'))
    cpSync(join(root, '.gitignore'), join(workspace, '.gitignore'))
    cpSync(join(root, 'lint'), join(workspace, 'lint'), { recursive: true })
    const write = (path: string, code: string) => {
      mkdirSync(dirname(join(workspace, path)), { recursive: true })
      writeFileSync(join(workspace, path), code)
    }
    cases.forEach(([, file, code], index) => {
      write(join(folderOf(index), file), code)
    })
    write(`cycle/${core}/retry/a.ts`, `import { b } from './b.ts'\n\nexport const a = () => b\n`)
    write(`cycle/${core}/retry/b.ts`, `import { a } from './a.ts'\n\nexport const b = () => a\n`)

    for (const { path, category } of lint(workspace)) {
      const categories = found.get(path) ?? new Set()
      found.set(path, categories.add(category))
    }
  }, 60_000)

  afterAll(() => {
    rmSync(workspace, { recursive: true, force: true })
  })

  const report = (path: string) => [...(found.get(path) ?? [])]

  test.each(cases.map(([rule, file, code], index) => ({ rule, file, code, index })))(
    '$rule: $file: $code',
    ({ rule, file, index }) => {
      const reported = report(join(folderOf(index), file))
      if (rule === 'clean') expect(reported).toEqual([])
      else expect(reported).toContain(rules[rule])
    },
  )

  test('two files that import each other are a cycle', () => {
    expect(report(`cycle/${core}/retry/a.ts`)).toContain(rules.cycle)
  })

  test('every file and folder of the core stands in a layer', () => {
    const layers = [
      ...['index.ts', 'failover-group.ts'],
      ...['failover', 'retry', 'pool', 'discovery', 'pubsub', 'routing', 'connections'],
      ...['health', 'detector', 'selection', 'endpoint', 'options', 'adapter'],
      ...['events', 'errors', 'events.ts', 'errors.ts', 'runtime'],
      ...['testing.ts', 'testing'],
    ]
    const entries = existsSync(join(root, core)) ? readdirSync(join(root, core)) : []
    expect(layers).toEqual(expect.arrayContaining(entries))
  })
})

function lint(folder: string): { path: string; category: string }[] {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const run = spawnSync(
    process.execPath,
    [biome, 'lint', '--error-on-warnings', '--max-diagnostics=none', '--reporter=json', 'case', 'cycle'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  )
  if (!run.stdout.startsWith('{')) throw new Error(`The linter gave no report:\n${run.stdout}\n${run.stderr}`)
  const report = JSON.parse(run.stdout) as { diagnostics: Diagnostic[] }
  return report.diagnostics
    .filter((diagnostic) => diagnostic.severity === 'error' || diagnostic.severity === 'warning')
    .map(({ location, category }) => ({ path: relative(folder, resolve(folder, location.path)), category }))
}

interface Diagnostic {
  readonly category: string
  readonly severity: string
  readonly location: { readonly path: string }
}
