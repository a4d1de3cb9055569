// `pnpm example` lists the examples, `pnpm example NAME` runs one.
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('./', import.meta.url)
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name !== 'run.ts')
  .map((entry) => entry.name.replace(/\.ts$/, ''))
  .sort()
const name = process.argv[2]

if (name !== undefined && names.includes(name)) {
  await import(new URL(`${name}.ts`, folder).href)
} else {
  if (name !== undefined) console.log(`There is no example "${name}".`)
  console.log('Run one of these with: npx --yes pnpm@10 example NAME')
  for (const known of names) console.log(`  ${known.padEnd(22)} ${firstComment(known)}`)
  process.exitCode = name === undefined ? 0 : 1
}

function firstComment(example: string): string {
  const [line = ''] = readFileSync(new URL(`${example}.ts`, folder), 'utf8').split('\n')
  return line.replace('// ', '')
}
