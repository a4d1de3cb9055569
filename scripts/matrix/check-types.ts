import { spawnSync } from 'node:child_process'
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { CACHE, install } from './install.ts'
import { type ClientLine, labelOf } from './plan.ts'

const root = join(import.meta.dirname, '../..')

/** What the compiler has against an adapter's sources and type tests with this version of the client; empty if nothing. */
export const checkTypes = (client: ClientLine): string => {
  const { folder } = install(client.name, client.range, labelOf(client))
  const installed = (name: string): string[] => {
    const own = join(folder, 'node_modules', name)
    const manifest = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as { types?: string; main: string }
    // A path to a file: the resolution of ES modules does not look into the package.json of a folder.
    return [`./${relative(CACHE, join(own, manifest.types ?? manifest.main.replace(/\.js$/, '.d.ts')))}`]
  }
  const project = join(CACHE, `tsconfig.${labelOf(client)}.json`)
  const adapter = `../packages/${client.adapter}`
  const config = {
    extends: '../tsconfig.base.json',
    compilerOptions: {
      // The types of Node are found from here as well as from the adapter.
      typeRoots: [`${adapter}/../../node_modules/@types`],
      paths:
        client.name === 'redis'
          ? { redis: installed('redis'), '@redis/client': installed('@redis/client') }
          : { ioredis: installed('ioredis') },
    },
    include: [`${adapter}/src`, `${adapter}/test/types`],
    exclude: client.line.startsWith('5.') ? [`${adapter}/test/types/since-6`] : [],
  }
  writeFileSync(project, JSON.stringify(config, null, 2))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const run = spawnSync(process.execPath, [tsc, '-p', project, '--listFiles'], { encoding: 'utf8' })
  const lines = run.stdout.split('\n')
  const read = lines.filter((line) => new RegExp(`/node_modules/${client.name}/[^ ]+\\.d\\.ts$`).test(line))
  if (read.length === 0 || read.some((file) => !file.startsWith(join(realpathSync(folder), 'node_modules'))))
    return `The compiler read other types of ${client.name} than those in ${folder}.`
  // The sources are compiled for all clients with the newest; what its users compile are the types that they see.
  const ofInside = client.line === 'newest' || client.line === '6.0' ? undefined : /^(packages\/[\w-]+\/src\/|\s)/
  return lines
    .filter((line) => line.includes('error TS') && !(ofInside?.test(line) ?? false))
    .concat(run.stderr)
    .join('\n')
    .trim()
}
