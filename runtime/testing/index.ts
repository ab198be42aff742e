export * from './cuts.ts'
export * from './harness.ts'
