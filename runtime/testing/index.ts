export * from './bench.ts'
export * from './cuts.ts'
export * from './ends.ts'
export * from './harness.ts'
