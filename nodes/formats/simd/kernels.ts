import { compiled } from './module.ts'

/** What stopped a scan: enough records, no whole record left in the text, or one that is not plain. */
export const enough = 0
export const cut = 1
export const odd = 2

/** The compiled functions of `assembly/`, where each is described, over a memory of their own. Addresses in bytes. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number }
  readonly place: (
    fields: number,
    starts: number,
    ends: number,
    lines: number,
    numbers: number,
    words: number,
    spanStarts: number,
    spanEnds: number,
    validity: number,
    offsets: number,
    values: number,
    base: number,
  ) => void
  readonly go: (at: number, rows: number, record: number, line: number) => void
  readonly at: { readonly value: number }
  readonly rows: { readonly value: number }
  readonly record: { readonly value: number }
  readonly line: { readonly value: number }
  readonly takeRecords: (
    length: number,
    stop: number,
    maxRows: number,
    width: number,
    delimiter: number,
    quote: number,
    maxBytes: number,
    blankIsRow: boolean,
  ) => number
  readonly countRecords: (
    length: number,
    stop: number,
    maxRows: number,
    delimiter: number,
    quote: number,
    maxBytes: number,
    blankIsRow: boolean,
  ) => number
  readonly begin: (place: number, width: number, rows: number, nullLengths: number, valueBytes: number) => void
  readonly nulls: { readonly value: number }
  readonly left: { readonly value: number }
  readonly integers: (size: number, low: bigint, high: bigint, inferred: boolean) => void
  readonly floats: (size: number, decimal: number, inferred: boolean) => void
  readonly decimals: (scale: number, decimal: number, most: bigint) => void
  readonly booleans: () => void
  readonly dates: () => void
  readonly timestamps: (scale: number, zoned: boolean, most: number) => void
  readonly texts: (quote: number) => number
}

/** The last address that there can be. */
export const farthest = 0x7fffffff
/** The first address that is free: before it lie the module's own constants. */
export const firstFree = 4096
const pageBytes = 1 << 16
/** A memory that has grown beyond this is not used again: it cannot shrink. */
const mostKept = 16 << 20

// No library of types without a browser's has WebAssembly.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

let compiledModule: object | undefined
const idle: Kernels[] = []

/** The kernels with a memory that nobody else uses; `giveBack` them. */
export function takeKernels(): Kernels {
  const kept = idle.pop()
  if (kept) return kept
  compiledModule ??= new WebAssembly.Module(Buffer.from(compiled, 'base64'))
  return new WebAssembly.Instance(compiledModule).exports as Kernels
}

export function giveBack(kernels: Kernels): void {
  if (kernels.memory.buffer.byteLength <= mostKept && idle.length < 8) idle.push(kernels)
}

/** Makes the memory at least so large; where it grows, views on it are empty. */
export function growTo(kernels: Kernels, bytes: number): void {
  const missing = bytes - kernels.memory.buffer.byteLength
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / pageBytes))
}
