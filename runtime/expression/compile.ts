import type { Batch, Failure } from '../memory/index.ts'
import type { ColumnType } from '../pipeline/types.ts'
import type { CompiledExpression } from '../sdk/node.ts'
import { columnReader, toColumn } from './column.ts'
import { arithmeticKernel, convertKernel, negateKernel } from './kernels/arithmetic.ts'
import { callKernel } from './kernels/call.ts'
import { codedKernel } from './kernels/coded.ts'
import { compareKernel } from './kernels/compare.ts'
import { chooseKernel, coalesceKernel, isNullKernel, logicKernel, notKernel } from './kernels/logic.ts'
import { inKernel } from './kernels/membership.ts'
import { fieldKernel, indexKernel, listKernel } from './kernels/nested.ts'
import { concatKernel } from './kernels/text.ts'
import { partsOf, type RowFailure, type Tree, type TreeOf } from './tree.ts'
import { boxes, constantKernel, type Frame, type Kernel, none, type Vector } from './vector.ts'

/**
 * Turns a checked expression into one closure for each of its parts; each works on all rows of a batch at once, and
 * keeps its buffers from batch to batch. Only the result is put into the batch's memory.
 */
export function compileTree(tree: Tree, now: Date): CompiledExpression {
  // A column by itself, or a part of one, keeps its type and shares its memory.
  const kernel = kernelOf(tree, now, { raw: true })
  const evaluate = (batch: Batch) => {
    const failures = new Map<number, Failure>()
    const column = tree.op === 'column' ? tree.name : soleColumn(tree)
    const frame: Frame = {
      batch,
      scope: batch.scope,
      rows: batch.rows,
      now,
      active: null,
      fail: (row, { code, message }) => {
        if (!failures.has(row)) failures.set(row, { row, code, message, ...(column && { column }) })
      },
    }
    const vector = kernel(frame)
    const result = toColumn(vector, tree.type, batch.rows, batch.scope, failures)
    return { column: result, failures: [...failures.values()].sort((a, b) => a.row - b.row) }
  }
  return Object.assign(evaluate, { type: tree.type })
}

/** The column that is at fault when a row fails, where the expression looks at only one. */
function soleColumn(tree: Tree): string | undefined {
  return soleColumnOf(tree)?.name
}

function soleColumnOf(tree: Tree): TreeOf<'column'> | null {
  const found = new Map<string, TreeOf<'column'>>()
  const visit = (part: Tree) => {
    if (part.op === 'column') found.set(part.name, part)
    partsOf(part).forEach(visit)
  }
  visit(tree)
  const [only] = found.values()
  return found.size === 1 && only ? only : null
}

/**
 * With `raw`, a column stays as it is; otherwise its values come in the forms that kernels work on. `within`: a part of a
 * condition that looks codes up as a whole.
 */
function kernelOf(tree: Tree, now: Date, { raw = false, within = false } = {}): Kernel {
  if (tree.op === 'literal') return constantKernel(tree.value, tree.type)
  if (tree.op === 'column') {
    const column: Kernel = ({ batch }) => asVector(batch as Columns, tree.index)
    return raw ? column : reading(column, tree.type)
  }
  const parts = partsOf(tree)
  const coded = !within && tree.type.kind === 'bool' ? soleColumnOf(tree) : null
  const kernels = parts.map((part) =>
    kernelOf(part, now, { raw: takesRaw(tree, part), within: within || coded !== null }),
  )
  const built = operatorKernel(tree, kernels)
  if (kernels.every((kernel) => kernel.constant)) return folded(tree, built, now)
  const whole = !raw && (tree.op === 'field' || tree.op === 'index') ? reading(built, tree.type) : built
  return coded ? codedKernel(whole, coded.index) : whole
}

const takesRaw = (tree: Tree, part: Tree): boolean =>
  tree.op === 'isNull' || (tree.op === 'field' && tree.object === part) || (tree.op === 'index' && tree.list === part)

type Columns = NonNullable<Frame['batch']>

function asVector(batch: Columns, index: number): Vector {
  const column = batch.column(index)
  return column.type.kind === 'null' ? none : { form: 'column', column, valid: column.validity }
}

function reading(kernel: Kernel, type: ColumnType): Kernel {
  const read = columnReader(type)
  return (frame) => {
    const vector = kernel(frame)
    return vector.form === 'column' ? read(vector.column) : vector
  }
}

/** Works a part without columns out once; one that fails is left to fail in the rows that come to it. */
function folded(tree: Tree, kernel: Kernel, now: Date): Kernel {
  const failures: RowFailure[] = []
  const frame: Frame = {
    batch: null,
    scope: null,
    rows: 1,
    now,
    active: null,
    fail: (_, failure) => failures.push(failure),
  }
  const value = boxes(kernel(frame), tree.type, 1)(0)
  return failures.length ? kernel : constantKernel(value, tree.type)
}

function operatorKernel(tree: Tree, kernels: readonly Kernel[]): Kernel {
  const [first, second, third] = kernels as readonly [Kernel, Kernel, Kernel]
  switch (tree.op) {
    case 'field':
      return fieldKernel(tree, first)
    case 'index':
      return indexKernel(tree, first, second)
    case 'and':
    case 'or':
      return logicKernel(tree.op, first, second)
    case 'not':
      return notKernel(first)
    case 'negate':
      return negateKernel(tree, first)
    case 'isNull':
      return isNullKernel(first)
    case 'convert':
      return convertKernel(tree, first)
    case 'compare':
      return compareKernel(tree, first, second)
    case 'arithmetic':
      return arithmeticKernel(tree, first, second)
    case 'concat':
      return concatKernel(first, second)
    case 'choose':
      return chooseKernel(tree, first, second, third)
    case 'coalesce':
      return coalesceKernel(tree, kernels)
    case 'in':
      return inKernel(tree, first, second)
    case 'list':
      return listKernel(tree, kernels)
    case 'call':
      return callKernel(tree, kernels)
    default:
      throw new TypeError(`${tree.op} is no operator`)
  }
}
