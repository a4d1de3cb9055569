import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { documentsOf, fillSnippets, problemOf, shownPart, snippetsOf } from '../../snippets/snippets.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const source = 'examples/src/readme/start-ioredis.ts'
const code = readFileSync(join(root, source), 'utf8').trimEnd()

const problemsOf = (text: string, document = 'doc.md'): string[] =>
  snippetsOf(text).flatMap((snippet) => {
    const problem = problemOf(snippet, root)
    return problem === undefined ? [] : [`${document}:${snippet.line} ${problem}`]
  })

// If this fails, `npx --yes pnpm@10 exec tsx examples/snippets/fill-snippets.ts` repairs it.
test.each(documentsOf(root))('the code that %s shows is what is compiled here', (path) => {
  expect(problemsOf(readFileSync(join(root, path), 'utf8'), path)).toEqual([])
})

describe('a snippet is found and compared', () => {
  const shown = (body: string, from = source) =>
    `# Start\n\n<!-- from ${from} -->\n\`\`\`ts\n${body}\n\`\`\`\n\nMore.\n`

  test.each([
    ['the same code passes', shown(code), []],
    ['an empty line may stand before the block', shown(code).replace('-->\n', '-->\n\n'), []],
    ['it may stand in a list', shown(code).replaceAll(/^(?=.)/gm, '  '), []],
    ['a changed character is told', shown(code.replace('east', 'East')), [`doc.md:3 The code differs from ${source}.`]],
    ['a missing line is told', shown(code.replace(/\n.*$/, '')), [`doc.md:3 The code differs from ${source}.`]],
    ['an empty block is told', shown('').replace('\n\n`', '\n`'), [`doc.md:3 The code differs from ${source}.`]],
    [
      'a missing block is told',
      `<!-- from ${source} -->\n\nMore.\n`,
      [`doc.md:1 No \`\`\`ts block follows the marker of ${source}.`],
    ],
    [
      'a block after other text does not count',
      shown(code).replace('-->', '-->\nText.'),
      [`doc.md:3 No \`\`\`ts block follows the marker of ${source}.`],
    ],
    [
      'an unknown file is told',
      shown(code, 'examples/src/readme/none.ts'),
      ['doc.md:3 examples/src/readme/none.ts does not exist.'],
    ],
    [
      'a file that is not compiled is told',
      shown(code, 'LICENSE'),
      ['doc.md:3 LICENSE is not a compiled file of examples/src/readme or of a package.'],
    ],
    [
      'every snippet of a document counts',
      `${shown(code)}${shown('no')}`,
      [`doc.md:${code.split('\n').length + 10} The code differs from ${source}.`],
    ],
  ])('%s', (_sentence, text, problems) => {
    expect(problemsOf(text)).toEqual(problems)
  })

  test.each([
    ['an empty block', shown('').replace('\n\n`', '\n`')],
    ['outdated code', shown('old\n\ncode')],
    ['the right code', shown(code)],
  ])('filling turns %s into the source, and nothing else changes', (_what, text) => {
    expect(fillSnippets(text, root)).toBe(shown(code))
  })

  test('filling keeps the indentation of a list', () => {
    const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '   ')
    expect(fillSnippets(indented(shown('old')), root)).toBe(indented(shown(code)))
  })

  test('a region stands for its file, without its indentation', () => {
    expect(shownPart('import x\n\n{\n  // #region one\n  a()\n\n    b()\n  // #endregion\n}\n')).toBe('a()\n\n  b()')
    expect(shownPart('a()\n  b()\n')).toBe('a()\n  b()')
  })
})
