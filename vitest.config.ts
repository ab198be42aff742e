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
    testTimeout: 60_000,
    // What a test waits for comes later where two browsers share two cores.
    expect: { poll: { timeout: 10_000 } },
    maxWorkers: 2,
  },
})
