/** Compiled by AssemblyScript, a TypeScript for WebAssembly: see `build.ts`. */
export { begin, left, nulls } from './column'
export { place } from './memory'
export { dates, timestamps } from './moments'
export { booleans, decimals, floats, integers } from './numbers'
export { at, countRecords, go, line, record, rows, takeRecords } from './records'
export { texts } from './texts'
