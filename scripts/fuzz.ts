import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

// `pnpm fuzz [--runs N] [--seed N]`: the fuzz tests for longer than they take as a part of all tests, or once more.
const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } })
const { runs = '5000', seed } = values
if (![runs, seed ?? '0'].every((text) => /^\d+$/.test(text))) {
  process.stderr.write('Usage: fuzz [--runs NUMBER] [--seed NUMBER]\n')
  process.exit(2)
}
process.stdout.write(`${runs} values for each property; those on real sockets get a part of them.\n`)
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...['--project', 'unit', '--project', 'redis', '--project', 'untimed'],
    ...['--testTimeout', String(24 * 3_600_000), '--hookTimeout', '600000'],
    // Files named so.
    'fuzz',
  ],
  { stdio: 'inherit', env: { ...process.env, FUZZ_RUNS: runs, ...(seed !== undefined && { FUZZ_SEED: seed }) } },
)
process.exit(status ?? 1)
