export * from './operations.ts'
export { editText } from './text.ts'
