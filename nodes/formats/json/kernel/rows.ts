import { type Column, list, type Scope, struct, types } from '@headrace/runtime/sdk'
import { compiled, type Instance } from '../../wasm/instance.ts'
import { type Plan, type PlanField, planFields } from '../plan.ts'
import { isReadable, layOut, type Node } from './layout.ts'
import { assembleKernel, type Kernel, tables, writeTables } from './module.ts'
import { late, node } from './nodes.ts'

/** Reads rows of JSON into typed columns; a row that is out of the ordinary, or broken, is left to the scanner. */
export interface KernelRows {
  /** How many rows were read since the last `finish`. */
  readonly length: number
  /** Takes the bytes of `count` rows, and where each begins and ends in them. */
  readonly begin: (bytes: Buffer, starts: readonly number[], ends: readonly number[], count: number) => void
  /** Leaves a row to the scanner. */
  readonly leave: (row: number) => void
  /** Reads rows from `row` on; gives the first that is left to the scanner, or their count. */
  readonly read: (row: number) => number
  /** The rows read, as columns of the plan. */
  readonly finish: (scope: Scope) => Column[]
  readonly close: () => void
}

/** The most bytes for `begin`. */
export { mostBytes } from './layout.ts'

const fresh = compiled<Kernel>(assembleKernel, 2)
/** Fresh memory is slow to touch: instances go from split to split. */
const idle: Instance<Kernel>[] = []
const mostIdle = 2

function anInstance(): Instance<Kernel> {
  const waiting = idle.pop()
  if (waiting) return waiting
  const made = fresh()
  writeTables(made.memory.buffer)
  return made
}

/**
 * Reads rows, `most` at a time: objects with the columns as names, or `bare` values of the only column. Columns that
 * are not `wanted` are checked as JSON and become nulls. Null where a column is of a type that the kernel does not read.
 */
export function kernelRows(
  columns: readonly PlanField[],
  options: { readonly bare: boolean; readonly most: number; readonly wanted: (name: string) => boolean },
): KernelRows | null {
  const { bare, most, wanted } = options
  const plan: Plan = bare ? (columns[0]?.plan ?? { kind: 'text' }) : { kind: 'struct', fields: columns }
  if (!isReadable(plan)) return null
  const instance = anInstance()
  const { memory, kernel } = instance
  const { root, starts, ends, input, texts, offsets } = layOut(memory, plan, most, bare ? () => true : wanted)
  // Nothing grows any more: views hold.
  const { buffer } = memory
  const words = new Int32Array(buffer)
  const bytes = new Uint8Array(buffer)
  let count = 0
  let source: Buffer = Buffer.alloc(0)
  const lengthOf = ({ at }: Node): number => words[(at + node.count) >> 2] as number
  const wordOf = ({ at }: Node, which: number): number => words[(at + which) >> 2] as number

  /** Takes away what of a row was read before it was left. */
  function cut(one: Node, length: number): void {
    if (one.skipped) return
    words[(one.at + node.count) >> 2] = length
    if (one.plan.kind === 'list') cut(one.inner[0] as Node, words[(wordOf(one, node.values) >> 2) + length] as number)
    else for (const inner of one.inner) cut(inner, length)
  }

  function readLateNumbers(): void {
    for (let i = 0; i < kernel.late(); i++) {
      const word = (which: number): number => words[(tables.late + i * late.size + which) >> 2] as number
      const values = new Float64Array(buffer, words[(word(late.node) + node.values) >> 2])
      values[word(late.place)] = Number(source.toString('latin1', word(late.start) - input, word(late.end) - input))
    }
  }

  function finish(scope: Scope, one: Node, length: number): Column {
    const { plan, inner } = one
    if (one.skipped) return nullColumn(scope, plan, length)
    const rows = finishPresent(scope, one, length)
    const at = wordOf(one, node.values)
    const none = { ...rows, offsets: null, values: null, children: [] }
    switch (plan.kind) {
      case 'bool':
        return { ...none, type: types.bool, values: finishBits(scope, at, length).bits }
      case 'int64': {
        const values = scope.allocate(BigInt64Array, length)
        values.set(new BigInt64Array(buffer, at, length))
        return { ...none, type: types.int64, values }
      }
      case 'float64': {
        const values = scope.allocate(Float64Array, length)
        values.set(new Float64Array(buffer, at, length))
        return { ...none, type: types.float64, values }
      }
      case 'list': {
        const item = finish(scope, inner[0] as Node, lengthOf(inner[0] as Node))
        return { ...none, type: list(item.type), offsets: copied(scope, at, length + 1), children: [item] }
      }
      case 'struct': {
        const children = inner.map((one) => finish(scope, one, length))
        return { ...none, type: struct(planFields(plan.fields)), children }
      }
      default: {
        const end = kernel.texts(at, length, offsets, texts)
        const values = scope.allocate(Uint8Array, end)
        values.set(bytes.subarray(texts, texts + end))
        return { ...none, type: types.string, offsets: copied(scope, offsets, length + 1), values }
      }
    }
  }

  const copied = (scope: Scope, at: number, length: number): Int32Array => {
    const values = scope.allocate(Int32Array, length)
    values.set(words.subarray(at >> 2, (at >> 2) + length))
    return values
  }

  /** Bytes of 0 and 1 as bits. */
  function finishBits(scope: Scope, at: number, length: number): { bits: Uint8Array; ones: number } {
    const ones = kernel.bits(at, length, offsets)
    const bits = scope.bits(length)
    bits.set(bytes.subarray(offsets, offsets + ((length + 7) >> 3)))
    return { bits, ones }
  }

  function finishPresent(scope: Scope, one: Node, length: number): Pick<Column, 'length' | 'nulls' | 'validity'> {
    const at = wordOf(one, node.present)
    const nulls = length - kernel.bits(at, length, offsets)
    return { length, nulls, validity: nulls ? finishBits(scope, at, length).bits : null }
  }

  return {
    get length() {
      return lengthOf(root)
    },
    begin(from, firsts, lasts, rows) {
      source = from
      count = rows
      bytes.set(from, input)
      // A broken row ends at the zeros behind the last one.
      bytes.fill(0, input + from.length, input + from.length + 64)
      for (let row = 0; row < rows; row++) {
        words[(starts >> 2) + row] = input + (firsts[row] as number)
        words[(ends >> 2) + row] = input + (lasts[row] as number)
      }
      kernel.begin()
    },
    leave(row) {
      // There are zeros, which begin no row.
      words[(starts >> 2) + row] = input + source.length
    },
    read(row) {
      const before = lengthOf(root)
      const stop = kernel.read(root.at, starts, ends, row, count)
      if (stop < count) cut(root, before + stop - row)
      return stop
    },
    finish(scope) {
      readLateNumbers()
      const length = lengthOf(root)
      const column = finish(scope, root, length)
      cut(root, 0)
      return bare ? [column] : [...column.children]
    },
    close() {
      if (idle.length < mostIdle) idle.push(instance)
    },
  }
}

/** Nulls in the place of values that nobody wants. */
function nullColumn(scope: Scope, plan: Plan, length: number): Column {
  const rows = { length, nulls: length, validity: length ? scope.bits(length) : null }
  const none = { ...rows, offsets: null, values: null, children: [] }
  switch (plan.kind) {
    case 'bool':
      return { ...none, type: types.bool, values: scope.bits(length) }
    case 'int64':
      return { ...none, type: types.int64, values: scope.allocate(BigInt64Array, length).fill(0n) }
    case 'float64':
      return { ...none, type: types.float64, values: scope.allocate(Float64Array, length).fill(0) }
    case 'list': {
      const item = nullColumn(scope, plan.item, 0)
      return { ...none, type: list(item.type), offsets: zeros(scope, length + 1), children: [item] }
    }
    case 'struct': {
      const children = plan.fields.map((one) => nullColumn(scope, one.plan, length))
      return { ...none, type: struct(planFields(plan.fields)), children }
    }
    default:
      return { ...none, type: types.string, offsets: zeros(scope, length + 1), values: scope.allocate(Uint8Array, 0) }
  }
}

const zeros = (scope: Scope, length: number): Int32Array => scope.allocate(Int32Array, length).fill(0)
