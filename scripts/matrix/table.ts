import { CLIENT_LINES, type ClientLine, labelOf, NODE_LINES } from './plan.ts'
import type { CellResult } from './run-cell.ts'

export interface TypesResult {
  readonly client: ClientLine
  readonly complaint: string
}

/** One line for one cell, printed as it ends. */
export const cellLine = ({ cell, clientVersion, nodeVersion, passed, failed, skipped, seconds }: CellResult): string =>
  [
    `${cell.client.name} ${clientVersion}`.padEnd(16),
    `Node ${nodeVersion}`.padEnd(14),
    `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} left out`}`.padEnd(36),
    `${seconds.toFixed(0)} s`,
  ].join(' ')

/** The table, in Markdown: one row for each version of a client, one column for each Node. */
export const matrixTable = (cells: readonly CellResult[], types: readonly TypesResult[]): string => {
  const nodes = NODE_LINES.filter((node) => cells.some(({ cell }) => cell.node === node))
  const versionOf = (node: string): string => cells.find(({ cell }) => cell.node === node)?.nodeVersion ?? node
  const rows = CLIENT_LINES.flatMap((client) => {
    const own = cells.filter(({ cell }) => cell.client === client)
    const [first] = own
    if (first === undefined) return []
    const checked = types.find((result) => result.client === client)
    return [
      [
        `${labelOf(client)} (${first.clientVersion})`,
        ...nodes.map((node) => cellText(own.find(({ cell }) => cell.node === node))),
        checked === undefined ? '' : checked.complaint === '' ? 'compile' : '**do not compile**',
      ],
    ]
  })
  const head = ['client', ...nodes.map((node) => `Node ${versionOf(node)}`), 'types']
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

const cellText = (result: CellResult | undefined): string => {
  if (result === undefined) return ''
  const { passed, failed, skipped, seconds } = result
  const counts = failed === 0 ? `${passed} passed` : `**${failed} of ${passed + failed} failed**`
  return `${counts}${skipped === 0 ? '' : `, ${skipped} left out`}, ${seconds.toFixed(0)} s`
}
