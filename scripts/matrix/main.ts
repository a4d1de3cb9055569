// The adapters with every line of client versions that they promise to work with, on every Node: `pnpm test:matrix`.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { checkTypes } from './check-types.ts'
import { planCells } from './plan.ts'
import { writeReport } from './report.ts'
import { type CellResult, runCell } from './run-cell.ts'
import { cellLine, matrixTable, type TypesResult } from './table.ts'

const { values } = parseArgs({
  options: {
    client: { type: 'string', multiple: true, default: [] },
    node: { type: 'string', multiple: true, default: [] },
    only: { type: 'string' },
    all: { type: 'boolean', default: false },
    report: { type: 'string' },
  },
})

const cells = planCells({ clients: values.client, nodes: values.node })
const results: CellResult[] = []
const types: TypesResult[] = []

for (const client of new Set(cells.map((cell) => cell.client))) types.push({ client, complaint: checkTypes(client) })
// One after another: the suites measure time.
for (const cell of cells) {
  const result = await runCell(cell, values)
  console.log(cellLine(result))
  for (const failure of result.failures) console.log(`  ${failure.replaceAll('\n', '\n  ')}`)
  results.push(result)
}
for (const { complaint } of types) if (complaint !== '') console.log(complaint)
console.log(`\n${matrixTable(results, types)}`)
if (values.report !== undefined) writeFileSync(values.report, writeReport(results, types, values))
const good = results.every(({ failed }) => failed === 0) && types.every(({ complaint }) => complaint === '')
process.exit(good ? 0 : 1)
