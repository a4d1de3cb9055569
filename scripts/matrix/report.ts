import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import type { CellResult, SuiteOptions } from './run-cell.ts'
import { matrixTable, type TypesResult } from './table.ts'

/** The text of docs/reference/compatibility.md after a run. */
export const writeReport = (
  results: readonly CellResult[],
  types: readonly TypesResult[],
  { only, all }: SuiteOptions,
): string => {
  const server = execFileSync(process.env.REDIS_SERVER ?? 'redis-server', ['--version'], { encoding: 'utf8' })
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const what = all ? 'all tests of the adapters that use servers' : 'the adapter contract and the client contract'
  const date = new Date().toISOString().slice(0, 10)
  return `# Compatibility

| | supported | tested |
|---|---|---|
| \`redis\`, \`@redis/client\` | >= 5.8.0, < 7 | 5.8.0, and the newest of 5.12, of 6.0 and of all |
| \`ioredis\` | >= 5.4.0, < 7 | 5.4.0, and the newest of 5.8, of 5.11 and of all |
| Node | >= 20.19 | the newest of 20, 22, 24 and 26 |

\`npx --yes pnpm@10 test:matrix\` runs ${what} with each of them against real servers that are
killed, paused and cut off, and compiles the adapters and their type tests with each client. \`--client redis@5.8\` and
\`--node 22\` select, \`--all\` runs every test of the adapters that uses servers, \`--only\` takes part of a test's name.
What is missing is installed into \`.matrix/\`, Node included. The table below is written by \`--report\`.

## Run of ${date}

Commit ${commit}, ${/v=([\d.]+)/.exec(server)?.[1] ?? server.trim()} as the Redis server, ${cpus().length} cores.${only === undefined ? '' : ` Only tests named like "${only}".`}

${matrixTable(results, types)}
`
}
