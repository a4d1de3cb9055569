import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

export interface BundleSize {
  readonly minified: number
  readonly gzipped: number
}

const bundleOf = async (entry: string, external: readonly string[], minify: boolean): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    stdin: { contents: `export * from '${entry}'`, resolveDir: packageFolder },
    bundle: true,
    write: false,
    minify,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@redis-endpoint-failover/source'],
    external: [...external],
    logLevel: 'error',
  })
  return outputFiles[0]!.contents
}

/** What the whole public entry of a package weighs in somebody's bundle, its dependencies included but for `external`. */
export async function bundleSize(entry: string, external: readonly string[]): Promise<BundleSize> {
  const contents = await bundleOf(entry, external, true)
  return { minified: contents.byteLength, gzipped: gzipSync(contents, { level: 9 }).byteLength }
}

/** Milliseconds of `import` in a new process, after `before` was imported: what it adds to the start of an application. */
export async function importTimes(entry: string, before: string, runs: number): Promise<number[]> {
  const file = `${packageFolder}dist/import.${process.pid}.mjs`
  await writeFile(file, await bundleOf(entry, ['redis', 'ioredis'], false))
  try {
    const times: number[] = []
    for (let run = 0; run < runs; run++) times.push(await importTime(file, before))
    return times
  } finally {
    await rm(file, { force: true })
  }
}

const program = `
const [file, before] = process.argv.slice(1)
if (before) await import(before)
const from = performance.now()
await import(file)
console.log(performance.now() - from)`

async function importTime(file: string, before: string): Promise<number> {
  const args = ['--input-type=module', '--eval', program, '--', file, before]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: packageFolder })
  return Number(stdout)
}

/** Milliseconds of importing what is installed, in a new process. */
export async function importTimesOfClient(name: string, runs: number): Promise<number[]> {
  const times: number[] = []
  for (let run = 0; run < runs; run++) times.push(await importTime(name, ''))
  return times
}
