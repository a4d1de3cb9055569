import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

export type ChildProgram =
  | 'closes-after-a-failover'
  | 'events'
  | 'herd'
  | 'hung-endpoint'
  | 'idle'
  | 'in-flight-memory'
  | 'no-more-files'
  | 'overhead'
  | 'pool'
  | 'selection'
  | 'start'
  | 'throughput'

/**
 * Builds a program of this folder from the sources as they are now, as the published packages are built: what is
 * measured is plain JavaScript, and needs no loader.
 */
export async function bundle(program: ChildProgram): Promise<string> {
  // Not the source's own folder: node_modules of this package must be found from it.
  const outfile = `${packageFolder}dist/${program}.${process.pid}.mjs`
  await build({
    entryPoints: [`${packageFolder}src/child/${program}.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@redis-endpoint-failover/source'],
    external: ['redis', 'ioredis', 'generic-pool'],
    // Dependencies in CommonJS ask for it.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  })
  return outfile
}
