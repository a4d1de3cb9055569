import { defineConfig } from 'vitest/config'

const conditions = ['@redis-endpoint-failover/source', 'node', 'import', 'module', 'default']

export default defineConfig({
  // Tests run the sources, so that a change is tested without a build.
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node', 'import', 'module', 'default'] } },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['packages/*/test/unit/**/*.test.ts', 'test-infra/test/unit/**/*.test.ts'] },
      },
      {
        // Real servers and real time: one file after another, nothing beside it.
        extends: true,
        test: {
          name: 'redis',
          include: ['packages/*/test/redis/**/*.test.ts', 'test-infra/test/redis/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
