import type { ColumnType } from '../pipeline/types.ts'
import { asInt64, convertValue } from './convert.ts'
import { type Calculation, type Comparison, RowFailure, type Tree, type TreeOf, type Value } from './tree.ts'

/**
 * The value of a checked expression in one row: the plain reading of the dialect's rules, which the kernels are tested
 * against. `row` holds the columns' values in the schema's order, as `valueAt` gives them.
 */
export function evaluateRow(tree: Tree, row: readonly unknown[], now: Date): Value | RowFailure {
  try {
    return evaluate(tree, row, now)
  } catch (failure) {
    if (failure instanceof RowFailure) return failure
    throw failure
  }
}

/** A value as `valueAt` gives it in the form that expressions work on: every int a bigint. */
export function normalValue(value: unknown, type: ColumnType): Value {
  if (value === null || value === undefined) return null
  switch (type.kind) {
    case 'int':
      return BigInt(value as number | bigint)
    case 'list':
    case 'fixed':
      return (value as unknown[]).map((item) => normalValue(item, type.item))
    case 'struct':
      return Object.fromEntries(
        type.fields.map((field) => [
          field.name,
          normalValue((value as Record<string, unknown>)[field.name], field.type),
        ]),
      )
    default:
      return value as Value
  }
}

function evaluate(tree: Tree, row: readonly unknown[], now: Date): Value {
  const of = (part: Tree) => evaluate(part, row, now)
  switch (tree.op) {
    case 'literal':
      return tree.value
    case 'column':
      return normalValue(row[tree.index], tree.type)
    case 'field': {
      const object = of(tree.object) as Record<string, Value> | null
      const { type } = tree.object
      return object === null || type.kind !== 'struct' ? null : (object[type.fields[tree.field]?.name ?? ''] ?? null)
    }
    case 'index': {
      const [list, at] = [of(tree.list) as Value[] | null, of(tree.at) as bigint | null]
      return list === null || at === null || at < 0n ? null : (list[Number(at)] ?? null)
    }
    case 'and':
    case 'or': {
      const decides = tree.op === 'or'
      const left = of(tree.left)
      if (left === decides) return decides
      const right = of(tree.right)
      return right === decides ? decides : left === null || right === null ? null : !decides
    }
    case 'not': {
      const value = of(tree.value)
      return value === null ? null : !value
    }
    case 'negate': {
      const value = of(tree.value)
      return value === null ? null : typeof value === 'bigint' ? checked(asInt64(-value)) : -(value as number)
    }
    case 'isNull':
      return of(tree.value) === null
    case 'convert':
      return checked(convertValue(of(tree.value), tree.value.type, tree.type))
    case 'compare': {
      const [left, right] = [of(tree.left), of(tree.right)]
      return left === null || right === null ? null : holds(tree.operator, left, right)
    }
    case 'arithmetic': {
      const [left, right] = [of(tree.left), of(tree.right)]
      return left === null || right === null ? null : calculate(tree.operator, left, right)
    }
    case 'concat': {
      const [left, right] = [of(tree.left), of(tree.right)]
      return left === null || right === null ? null : `${left}${right}`
    }
    case 'choose': {
      const condition = of(tree.condition)
      return condition === null ? null : of(condition ? tree.yes : tree.no)
    }
    case 'coalesce': {
      for (const part of tree.values) {
        const value = of(part)
        if (value !== null) return value
      }
      return null
    }
    case 'in': {
      const [item, list] = [of(tree.item), of(tree.list) as Value[] | null]
      if (item === null || list === null) return null
      if (list.some((one) => one !== null && holds('==', item, one))) return true
      return list.includes(null) ? null : false
    }
    case 'list':
      return tree.items.map(of)
    case 'call':
      return call(tree, tree.args.map(of), now)
  }
}

function checked(value: Value | RowFailure): Value {
  if (value instanceof RowFailure) throw value
  return value
}

function call(tree: TreeOf<'call'>, args: readonly Value[], now: Date): Value {
  if (args.includes(null)) return null
  const types = tree.args.map((arg) => arg.type)
  return checked(tree.called.value?.(args as Exclude<Value, null>[], { types, now }) ?? null)
}

function holds(operator: Comparison, left: Exclude<Value, null>, right: Exclude<Value, null>): boolean {
  let [a, b] = [left, right] as [number, number]
  if (typeof left === 'string' || left instanceof Uint8Array) {
    // Texts compare by code points, which is the order of their UTF-8 bytes.
    a = Buffer.compare(Buffer.from(left as string), Buffer.from(right as string))
    b = 0
  }
  switch (operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    default:
      return a >= b
  }
}

/** Arithmetic of two doubles, or of two bigints within int64. */
function calculate(operator: Calculation, left: Value, right: Value): Value {
  if (typeof left === 'bigint') return checked(wholeNumbers(operator, left, right as bigint))
  const [a, b] = [left as number, right as number]
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    default:
      return Math.trunc(a / b)
  }
}

function wholeNumbers(operator: Calculation, a: bigint, b: bigint): bigint | RowFailure {
  if (b === 0n && (operator === '%' || operator === 'div'))
    return new RowFailure('division-by-zero', `${operator === '%' ? `${a} % 0` : `div(${a}, 0)`} has no result`)
  const result =
    operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '%' ? a % b : a / b
  const fits = asInt64(result)
  if (!(fits instanceof RowFailure)) return fits
  const text = operator === 'div' ? `div(${a}, ${b})` : `${a} ${operator} ${b}`
  return new RowFailure('overflow', `${text} = ${result} does not fit into int64`)
}
