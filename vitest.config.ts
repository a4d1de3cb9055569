import { defineConfig } from 'vitest/config'
import { aliasOfMatrixClient } from './scripts/matrix/alias.ts'
import { mutantPlugin } from './scripts/mutants/mutant-plugin.ts'

// What mostly waits, for servers or for another program, waits together with what computes. Nowhere does a file get a process
// of its own: nothing is shared that can change, and to load everything anew would take longer than many a test.
const sideBySide = { sequence: { groupOrder: 0 }, maxWorkers: 5 }

const conditions = ['@redis-endpoint-failover/source', 'node', 'import', 'module', 'default']

export default defineConfig({
  plugins: mutantPlugin(process.env.MUTANT, process.env.MUTANT_PROOF),
  // Tests run the sources, so that a change is tested without a build.
  resolve: { conditions, alias: aliasOfMatrixClient(process.env.MATRIX_CLIENT) },
  ssr: { resolve: { conditions, externalConditions: ['node', 'import', 'module', 'default'] } },
  test: {
    ...(process.env.MATRIX_CLIENT !== undefined && { setupFiles: ['scripts/matrix/prove-client.ts'] }),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          isolate: false,
          ...sideBySide,
          include: ['{packages/*/,test-infra/,examples/,benchmarks/,}test/unit/**/*.test.ts'],
          // Hours of virtual time take seconds of a core, and a minute of a busy machine.
          testTimeout: 120_000,
        },
      },
      {
        // What is published, as its users get it: needs a build.
        extends: true,
        test: {
          name: 'package',
          ...sideBySide,
          include: ['test/package/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Real servers and real time: one file after another, nothing beside it.
        extends: true,
        test: {
          name: 'redis',
          sequence: { groupOrder: 1 },
          include: ['{packages/*,test-infra,examples,benchmarks}/test/redis/**/*.test.ts'],
          exclude: ['**/*.untimed.test.ts'],
          fileParallelism: false,
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Real servers too, but no bound on a time is asserted.
        extends: true,
        test: {
          name: 'untimed',
          ...sideBySide,
          isolate: false,
          include: ['{packages/*,test-infra,examples,benchmarks}/test/redis/**/*.untimed.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
