export * from './buffer.ts'
export * from './json.ts'
export * from './numbers.ts'
export * from './times.ts'
