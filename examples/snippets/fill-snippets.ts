// Writes the code that README.md and docs show: `npx --yes pnpm@10 exec tsx examples/snippets/fill-snippets.ts`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { documentsOf, fillSnippets } from './snippets.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

for (const path of documentsOf(root)) {
  const text = readFileSync(join(root, path), 'utf8')
  const filled = fillSnippets(text, root)
  if (filled === text) continue
  writeFileSync(join(root, path), filled)
  console.log(`${path} was brought up to date`)
}
