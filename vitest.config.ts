import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'runtime/**/*.test.ts',
      'nodes/**/*.test.ts',
      'editor/**/*.test.ts',
      'examples/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/*.long.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    // What a test waits for comes later on a busy machine; only a test that fails waits as long as this.
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
  },
})
