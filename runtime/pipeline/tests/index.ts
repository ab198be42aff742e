export * from './model.ts'
export { type ParsedTests, parseTests } from './read.ts'
export { testSchema } from './schema.ts'
export { editTests } from './text.ts'
