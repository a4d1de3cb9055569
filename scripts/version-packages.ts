// Turns the waiting changesets into versions and changelogs.
//
// `changeset version` makes a major release out of every minor one of a package that others have as a peer dependency,
// and the fixed group then lifts all packages with it. The adapters' peer range is `workspace:^`, which is written anew
// at each publish, so nothing is out of range: it is taken out of sight while the versions are worked out.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Manifest {
  peerDependencies: Record<string, string>
}

const root = join(import.meta.dirname, '..')
const manifests = ['node-redis', 'ioredis'].map((name) => join(root, 'packages', name, 'package.json'))

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Manifest
const write = (path: string, manifest: Manifest) => writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`)
const run = (script: string, ...args: string[]) =>
  execFileSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: 'inherit' })

const peers = new Map(manifests.map((path) => [path, read(path).peerDependencies]))
try {
  for (const [path, { '@redis-endpoint-failover/core': _, ...others }] of peers) {
    write(path, { ...read(path), peerDependencies: others })
  }
  run('@changesets/cli/bin.js', 'version')
} finally {
  for (const [path, peerDependencies] of peers) write(path, { ...read(path), peerDependencies })
  run('@biomejs/biome/bin/biome', 'format', '--write', 'packages')
}
