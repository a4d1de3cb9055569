import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A code block of a document that says which compiled file it shows. */
export interface Snippet {
  readonly line: number
  /** The path in the marker `<!-- from PATH -->`. */
  readonly source: string
  /** The code between the fences; `undefined` where no ```ts block follows the marker. */
  readonly shown: string | undefined
}

const marker = /^([ \t]*)<!-- from (\S+) -->[ \t]*\n(?:[ \t]*\n)*(?:[ \t]*```ts\n((?:.*\n)*?)[ \t]*```[ \t]*$)?/gm
/** Files that are compiled, and mostly run, by a test. */
const sources = /^(examples\/src\/readme|packages\/[\w-]+\/(src|test))\/[\w./-]+\.ts$/

/** Every snippet of a document. */
export function snippetsOf(text: string): Snippet[] {
  return [...text.matchAll(marker)].map(({ index, 1: indent = '', 2: source = '', 3: shown }) => ({
    line: text.slice(0, index).split('\n').length,
    source,
    shown: shown === undefined ? undefined : withoutIndent(shown, indent).trimEnd(),
  }))
}

/** The document with each snippet as its source has it now. */
export function fillSnippets(text: string, root: string): string {
  return text.replaceAll(marker, (whole: string, indent: string, source: string, shown: string | undefined) => {
    if (shown === undefined || !existsSync(join(root, source))) return whole
    const code = readShown(root, source).replaceAll(/^(?=.)/gm, indent)
    return `${indent}<!-- from ${source} -->\n${indent}\`\`\`ts\n${code}\n${indent}\`\`\``
  })
}

/** What is wrong with a snippet, in a sentence; `undefined` if nothing is. */
export function problemOf({ source, shown }: Snippet, root: string): string | undefined {
  if (!sources.test(source)) return `${source} is not a compiled file of examples/src/readme or of a package.`
  if (!existsSync(join(root, source))) return `${source} does not exist.`
  if (shown === undefined) return `No \`\`\`ts block follows the marker of ${source}.`
  if (shown !== readShown(root, source)) return `The code differs from ${source}.`
  return undefined
}

/** The README and everything below `docs`. */
export function documentsOf(root: string): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`)
  return ['README.md', ...docs].filter((path) => path.endsWith('.md')).sort()
}

/** What of a source file is shown: its `// #region`, or all of it. */
export function shownPart(source: string): string {
  const region = /^([ \t]*)\/\/ #region.*\n([\s\S]*?)^[ \t]*\/\/ #endregion/m.exec(source)
  return withoutIndent(region?.[2] ?? source, region?.[1] ?? '').trimEnd()
}

const readShown = (root: string, source: string): string => shownPart(readFileSync(join(root, source), 'utf8'))

const withoutIndent = (code: string, indent: string): string =>
  code.replaceAll(/^[ \t]+/gm, (space) => (space.startsWith(indent) ? space.slice(indent.length) : space))
