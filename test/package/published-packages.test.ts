import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { build } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const scope = '@redis-endpoint-failover'
const names = ['core', 'node-redis', 'ioredis'] as const

interface Manifest {
  readonly version: string
  readonly type: string
  readonly sideEffects: boolean
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
}

/** A folder outside of the workspace with the packed packages installed, and nothing but what they depend on. */
const consumer = mkdtempSync(join(realpathSync(tmpdir()), 'published-packages-'))
const tarballOf = (name: string) => join(consumer, 'tarballs', `${name}.tgz`)
const installed = (name: string) => join(consumer, 'node_modules', scope, name)
const manifestOf = (name: string) => JSON.parse(readFileSync(join(installed(name), 'package.json'), 'utf8')) as Manifest

beforeAll(() => {
  for (const name of names) {
    if (!existsSync(join(root, 'packages', name, 'dist/index.mjs'))) {
      throw new Error(`packages/${name} has no build: run the script "build" first`)
    }
    mkdirSync(dirname(tarballOf(name)), { recursive: true })
    pnpm(['pack', '--out', tarballOf(name)], join(root, 'packages', name))
    mkdirSync(installed(name), { recursive: true })
    execFileSync('tar', ['-xzf', tarballOf(name), '-C', installed(name), '--strip-components=1'])
    for (const dependency of Object.keys(manifestOf(name).dependencies ?? {})) {
      const link = join(consumer, 'node_modules', dependency)
      if (existsSync(link)) continue
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(realpathSync(join(root, 'packages', name, 'node_modules', dependency)), link)
    }
  }
})

afterAll(() => {
  rmSync(consumer, { recursive: true, force: true })
})

describe.each(names)('the package %s as it is published', (name) => {
  test('holds the build, README, LICENSE and package.json, and nothing else', () => {
    const files = filesOf(installed(name))
    expect(files.filter((file) => !file.startsWith('dist/'))).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(files.filter((file) => file.startsWith('dist/') && !/\.m(js|js\.map|ts|ts\.map)$/.test(file))).toEqual([])
  })

  test('is an ES module without side effects, and names no workspace, catalog or source', () => {
    const manifest = manifestOf(name)
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false, version: manifestOf('core').version })
    expect(JSON.stringify(manifest.exports)).not.toContain('src/')
    const { devDependencies: _, ...consumed } = manifest as Manifest & { devDependencies?: unknown }
    expect(JSON.stringify(consumed)).not.toMatch(/workspace:|catalog:/)
  })

  test('has types, code and a self-contained source map behind every entry', () => {
    for (const [entry, target] of Object.entries(manifestOf(name).exports)) {
      if (entry === './package.json') continue
      const { types, default: code } = target as { types: string; default: string }
      expect(types).toMatch(/\.d\.mts$/)
      expect(existsSync(join(installed(name), types))).toBe(true)
      expect(existsSync(join(installed(name), code))).toBe(true)
    }
    const scripts = filesOf(join(installed(name), 'dist')).filter((file) => file.endsWith('.mjs'))
    for (const script of scripts) {
      const map = JSON.parse(readFileSync(join(installed(name), 'dist', `${script}.map`), 'utf8')) as SourceMap
      expect(map.sourcesContent).toHaveLength(map.sources.length)
      expect(map.sources.filter((source) => !source.startsWith('.'))).toEqual([])
    }
  })

  test('passes publint', async () => {
    const tarball = new Uint8Array(readFileSync(tarballOf(name))).buffer
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  test('has types that resolve as its code does, for ES modules and bundlers', async () => {
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarballOf(name)))))
    if (!result.types) throw new Error('The package has no types')
    const problems = result.problems.filter((problem) => {
      // ESM only, on purpose: `require()` works since Node 20.19 (tested below); TypeScript's oldest resolution mode,
      // and CommonJS in its node16 mode, do not know that.
      const mode = 'resolutionKind' in problem ? problem.resolutionKind : undefined
      return mode !== 'node10' && mode !== 'node16-cjs'
    })
    expect(problems).toEqual([])
  })

  test('gives CommonJS the same named exports as ES modules, without a warning', () => {
    for (const entry of entriesOf(name)) {
      const imported = node('mjs', `console.log(JSON.stringify(Object.keys(await import('${entry}')).sort()))`)
      const required = node('cjs', `console.log(JSON.stringify(Object.keys(require('${entry}')).sort()))`)
      const named = (JSON.parse(imported.stdout) as string[]).filter((key) => key !== 'default')
      expect(named.length).toBeGreaterThan(0)
      expect((JSON.parse(required.stdout) as string[]).filter((key) => key !== '__esModule')).toEqual(named)
      expect(required.stderr).toBe('')
    }
  })

  test('does nothing when it is only imported', () => {
    for (const entry of entriesOf(name)) {
      const run = node(
        'mjs',
        `const globals = Reflect.ownKeys(globalThis).length
         const listeners = process.eventNames().length
         let timers = 0
         for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
           const start = globalThis[name]
           globalThis[name] = (...args) => {
             timers += 1
             return start(...args)
           }
         }
         await import('${entry}')
         console.log(JSON.stringify({
           globals: Reflect.ownKeys(globalThis).length - globals,
           listeners: process.eventNames().length - listeners,
           timers,
         }))`,
      )
      expect(JSON.parse(run.stdout)).toEqual({ globals: 0, listeners: 0, timers: 0 })
    }
  })

  test('vanishes from a bundle that does not use it', async () => {
    for (const entry of entriesOf(name)) {
      const result = await build({
        stdin: { contents: `import {} from '${entry}'\nimport * as unused from '${entry}'`, resolveDir: consumer },
        bundle: true,
        format: 'esm',
        platform: 'node',
        write: false,
        logLevel: 'silent',
      })
      expect(result.outputFiles[0]?.text.trim()).toBe('')
    }
  })
})

interface SourceMap {
  readonly sources: readonly string[]
  readonly sourcesContent: readonly string[]
}

function entriesOf(name: string): string[] {
  return Object.keys(manifestOf(name).exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => `${scope}/${name}${entry.slice(1)}`)
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** Runs a script as a user of the packages would. */
function node(extension: 'mjs' | 'cjs', code: string): { stdout: string; stderr: string } {
  const script = join(consumer, `script.${extension}`)
  writeFileSync(script, code)
  const run = spawnSync(process.execPath, [script], { cwd: consumer, encoding: 'utf8', timeout: 20_000 })
  if (run.status !== 0) throw new Error(`node ${script} failed:\n${run.stderr}`)
  return run
}

/** The pnpm that runs this test, or the one that the project's commands use. */
function pnpm(args: string[], cwd: string): void {
  const running = process.env.npm_execpath
  if (running?.includes('pnpm')) execFileSync(process.execPath, [running, ...args], { cwd, stdio: 'pipe' })
  else execFileSync('npx', ['--yes', 'pnpm@10', ...args], { cwd, stdio: 'pipe' })
}
