import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { afterAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const MOST_TIMES_THE_BARE_CLIENT = 1.5
/** For apps that are checked in a few hundred, such as one with a bare ioredis Cluster: see decision 0019. */
const ALLOWED_ANYWAY = 500

/** What an app does with its client, whoever made it. */
const nodeRedisApp = `
export const use = async () => {
  await client.set('a', 'b', { EX: 10 })
  const read: string | null = await client.get('a')
  const batch = await client.multi().get('a').incr('n').hGetAll('h').exec()
  const bytes = await client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get('a')
  await client.subscribe('news', (message) => message.length)
  for await (const keys of client.scanIterator()) keys.length
  return [read, batch, bytes, await client.json.get('j')]
}`
const ioredisApp = `
export const use = async () => {
  await client.set('a', 'b', 'EX', 10)
  const read: string | null = await client.get('a')
  const batch = await client.multi().get('a').incr('n').hgetall('h').exec()
  await client.subscribe('news')
  for await (const keys of client.scanStream()) keys.length
  return [read, batch, await client.getBuffer('a')]
}`

/** What clients of several servers have as well. */
const kindApp = `
export const use = async () => {
  await client.set('a', 'b', { EX: 10 })
  const read: string | null = await client.get('a')
  const batch = await client.multi().get('a').incr('a').exec()
  const bytes = await client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get('a')
  return [read, batch, bytes, await client.json.get('j')]
}`
const clusterApp = `
export const use = async () => {
  await client.set('a', 'b', 'EX', 10)
  const read: string | null = await client.get('a')
  const batch = await client.multi().get('a').incr('a').exec()
  return [read, batch, await client.getBuffer('a'), client.nodes('master').length]
}`
/** An app that takes either a Cluster or one server. */
const mixedApp = `
  await client.set('a', 'b', { EX: 10 })
  const read: string | null = await client.get('a')
  const batch = await client.multi().get('a').incr('a').exec()
  return [read, batch]`
const ofKind = (make: string, factory: string, options: string) => ({
  bare: `import { ${make}, RESP_TYPES } from 'redis'
const client = ${make}(${options})${kindApp}`,
  ours: `import { ${make}, RESP_TYPES } from 'redis'
import { ${factory} } from '@redis-endpoint-failover/node-redis'
const { client } = ${factory}({ create: ${make}, endpoints: [{ id: 'east', options: ${options} }] })${kindApp}`,
})

const apps = {
  'node-redis pool': ofKind('createClientPool', 'createFailoverPool', "{ url: 'redis://east' }"),
  'node-redis Cluster': ofKind('createCluster', 'createFailoverCluster', "{ rootNodes: [{ url: 'redis://east' }] }"),
  'node-redis Sentinel': ofKind(
    'createSentinel',
    'createFailoverSentinel',
    "{ name: 'main', sentinelRootNodes: [{ host: 'east', port: 26379 }] }",
  ),
  'node-redis mixed group': {
    bare: `import { createClient, createCluster } from 'redis'
const one = createClient({ url: 'redis://east' })
const many = createCluster({ rootNodes: [{ url: 'redis://east' }] })
export const use = async (client: typeof one | typeof many) => {${mixedApp}
}
export const all = () => [use(one), use(many)]`,
    ours: `import { createClient, createCluster } from 'redis'
import { cluster, createFailoverGroup, standalone } from '@redis-endpoint-failover/node-redis'
const group = createFailoverGroup({
  endpoints: [
    { id: 'many', options: cluster(createCluster, { rootNodes: [{ url: 'redis://east' }] }) },
    { id: 'one', options: standalone(createClient, { url: 'redis://east' }) },
  ],
})
export const use = () => group.execute(async (client) => {${mixedApp}
})`,
  },
  'ioredis Cluster': {
    bare: `import { Cluster } from 'ioredis'
const client = new Cluster([{ host: 'east' }])${clusterApp}`,
    ours: `import { Cluster } from 'ioredis'
import { createFailoverCluster } from '@redis-endpoint-failover/ioredis'
const { client } = createFailoverCluster({
  Cluster,
  endpoints: [{ id: 'east', options: { nodes: [{ host: 'east' }] } }],
})${clusterApp}`,
  },
  'node-redis': {
    bare: `import { createClient, RESP_TYPES } from 'redis'
const client = createClient({ url: 'redis://east' })${nodeRedisApp}`,
    ours: `import { createClient, RESP_TYPES } from 'redis'
import { createFailoverClient } from '@redis-endpoint-failover/node-redis'
const { client } = createFailoverClient({
  create: createClient,
  endpoints: [{ id: 'east', options: { url: 'redis://east' } }],
})${nodeRedisApp}`,
  },
  ioredis: {
    bare: `import { Redis } from 'ioredis'
const client = new Redis({ host: 'east' })${ioredisApp}`,
    ours: `import { Redis } from 'ioredis'
import { createFailoverClient } from '@redis-endpoint-failover/ioredis'
const { client } = createFailoverClient({
  Redis,
  endpoints: [{ id: 'east', options: { host: 'east' } }],
})${ioredisApp}`,
  },
} as const

/** A folder outside of the workspace, so that the packages are seen by their built types. */
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'type-checking-cost-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

for (const [name, target] of [
  ['redis', 'packages/node-redis/node_modules/redis'],
  ['ioredis', 'packages/ioredis/node_modules/ioredis'],
  ['@types/node', 'node_modules/@types/node'],
  ['@redis-endpoint-failover/node-redis', 'packages/node-redis'],
  ['@redis-endpoint-failover/ioredis', 'packages/ioredis'],
] as const) {
  const link = join(folder, 'node_modules', name)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(join(root, target), link)
}

const compilerOptions: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
}
const host = ts.createCompilerHost(compilerOptions)
host.getCurrentDirectory = () => folder
// Every app imports the same declarations: to read and parse them for each anew takes longer than to check the app.
const parsed = new Map<string, ts.SourceFile | undefined>()
const parse = host.getSourceFile
host.getSourceFile = (path, ...how) => {
  if (!parsed.has(path)) parsed.set(path, parse(path, ...how))
  return parsed.get(path)
}

/** How often the compiler made a type of another one, which is what the checking of an app costs, for an app that compiles. */
const instantiationsOf = (label: string, source: string): number => {
  const file = join(folder, `${label.replaceAll(' ', '-')}.ts`)
  writeFileSync(file, source)
  const program = ts.createProgram([file], compilerOptions, host)
  const complaints = ts.getPreEmitDiagnostics(program)
  if (complaints.length > 0) throw new Error(ts.formatDiagnostics(complaints, host))
  return program.getInstantiationCount()
}

describe.each(Object.keys(apps) as (keyof typeof apps)[])('an app with our client of %s', (name) => {
  test(`takes the compiler at most ${MOST_TIMES_THE_BARE_CLIENT} times the work of one with the bare client`, () => {
    const bare = instantiationsOf(`${name}-bare`, apps[name].bare)
    const ours = instantiationsOf(`${name}-ours`, apps[name].ours)
    console.info(
      `${name}: ${bare} instantiations with the bare client, ${ours} with ours (${(ours / bare).toFixed(2)} times)`,
    )
    expect(bare).toBeGreaterThan(0)
    expect(ours).toBeLessThanOrEqual(Math.max(bare * MOST_TIMES_THE_BARE_CLIENT, bare + ALLOWED_ANYWAY))
  })
})
