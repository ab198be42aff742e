export { textOf } from './text.ts'
export { type TraceWorld, traceRows } from './trace.ts'
