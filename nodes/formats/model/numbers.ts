import { bitAt, type Column, fromHalf, int128, type Scope, toHalf, typeName } from '@headrace/runtime/sdk'
import { type Element, elements, type NumberArray } from './tensor.ts'

/** Numbers of a column in a tensor's element type, and the items that it cannot hold, with the reason. */
export interface Converted {
  readonly values: NumberArray
  readonly bad: ReadonlyMap<number, string>
}

/**
 * Casts a column's numbers to an element type. Rounding to the nearest float is no loss; a fraction or a number out of
 * range in a whole type is bad, and so is a finite number that a float type would make infinite.
 */
export function convert(scope: Scope, column: Column, elementName: string): Converted {
  const element = elements[elementName] as Element
  const bad = new Map<number, string>()
  if (typeName(column.type) === elementName && elementName !== 'bool')
    return { values: column.values as NumberArray, bad }
  const values = scope.allocate(element.array as never, column.length) as NumberArray
  const from = column.values
  const say = (value: number | bigint) => `${value} does not fit ${elementName}`
  const big = values instanceof BigInt64Array || values instanceof BigUint64Array
  if (big) {
    convertBig(values, column, element, (i, value) => bad.set(i, say(value)))
  } else if (
    !element.whole &&
    elementName !== 'float16' &&
    (from instanceof Float64Array || from instanceof Float32Array || from instanceof Int32Array)
  ) {
    // The usual case in a loop of its own, over plain arrays.
    for (let i = 0; i < column.length; i++) {
      const value = from[i] as number
      values[i] = value
      if (Math.abs(value) > element.most && Number.isFinite(value)) bad.set(i, say(value))
    }
  } else {
    const numberAt = reader(column)
    for (let i = 0; i < column.length; i++) {
      const value = Number(numberAt(i))
      values[i] = elementName === 'float16' ? toHalf(value) : value
      if (!fits(value, element)) bad.set(i, say(value))
    }
  }
  return { values, bad }
}

function fits(value: number, { whole, least, most }: Element): boolean {
  if (!whole) return !Number.isFinite(value) || (value >= least && value <= most)
  return Number.isInteger(value) && value >= least && value <= most
}

function convertBig(
  values: BigInt64Array | BigUint64Array,
  column: Column,
  element: Element,
  bad: (item: number, value: number | bigint) => void,
): void {
  const numberAt = reader(column)
  const signed = values instanceof BigInt64Array
  for (let i = 0; i < column.length; i++) {
    const value = numberAt(i)
    if (typeof value === 'number' && !fits(value, element)) {
      bad(i, value)
      continue
    }
    const exact = BigInt(value)
    values[i] = exact
    if ((signed ? BigInt.asIntN(64, exact) : BigInt.asUintN(64, exact)) !== exact) bad(i, exact)
  }
}

/** Reads items of any numeric column and of bool; a decimal is read as the nearest double. */
function reader({ type, values }: Column): (item: number) => number | bigint {
  if (type.kind === 'bool') return (item) => (bitAt(values as Uint8Array, item) ? 1 : 0)
  if (type.kind === 'float' && type.bits === 16) return (item) => fromHalf((values as Uint16Array)[item] as number)
  if (type.kind === 'decimal') {
    const pairs = values as BigInt64Array
    const scale = 10 ** type.scale
    return (item) => Number(int128(pairs[item * 2] as bigint, pairs[item * 2 + 1] as bigint)) / scale
  }
  return (item) => values?.[item] as number | bigint
}
