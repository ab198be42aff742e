import { type ColumnType, isNumeric, typeName, types } from '../pipeline/types.ts'
import { commonType, convert } from './convert.ts'
import { ExpressionFault } from './parse.ts'
import type { Calculation, Comparison, Tree } from './tree.ts'

interface Place {
  readonly start: number
  readonly end: number
}

/** `a + b` and its like: whole numbers stay whole but under `/`, a double or decimal makes both doubles, `+` joins texts. */
export function arithmeticTree(operator: Calculation, left: Tree, right: Tree, place: Place): Tree {
  const [a, b] = [left.type, right.type]
  const text = (type: ColumnType) => type.kind === 'string' || type.kind === 'null'
  if (operator === '+' && text(a) && text(b) && a.kind + b.kind !== 'nullnull') {
    const parts = { left: convert(left, types.string), right: convert(right, types.string) }
    return { op: 'concat', type: types.string, ...parts, ...place }
  }
  for (const type of [a, b]) {
    if (isNumeric(type) || type.kind === 'null') continue
    const one = operator === '+' && (a.kind === 'string' || b.kind === 'string')
    const advice = one ? '; string(…) makes a text of a value' : ''
    const message = `"${operator}" does not take ${typeName(a)} and ${typeName(b)}${advice}.`
    throw new ExpressionFault('wrong-type', message, place)
  }
  const whole = (type: ColumnType) => type.kind === 'int' || type.kind === 'null'
  const type = operator !== '/' && whole(a) && whole(b) ? types.int64 : types.float64
  return { op: 'arithmetic', operator, type, left: convert(left, type), right: convert(right, type), ...place }
}

/** `a < b` and its like; `x == null` asks whether there is a value. */
export function compareTree(operator: Comparison, left: Tree, right: Tree, place: Place): Tree {
  if (operator === '==' || operator === '!=') {
    const isNull = [left, right].find((one) => one.op === 'literal' && one.value === null)
    if (isNull) {
      const value = isNull === left ? right : left
      const tree: Tree = { op: 'isNull', type: types.bool, value, ...place }
      return operator === '==' ? tree : { op: 'not', type: types.bool, value: tree, ...place }
    }
  }
  const type = comparedAs(left.type, right.type)
  if (!type) {
    const message = `A value of type ${typeName(left.type)} does not compare with ${typeName(right.type)}.`
    throw new ExpressionFault('wrong-type', message, place)
  }
  const [a, b] = type === 'as they are' ? [left, right] : [convert(left, type), convert(right, type)]
  return { op: 'compare', operator, type: types.bool, left: a, right: b, ...place }
}

const units = ['s', 'ms', 'us', 'ns'] as const

/** The type in which two values compare; null where they do not. Whole numbers of any width compare as they are. */
function comparedAs(a: ColumnType, b: ColumnType): ColumnType | 'as they are' | null {
  if (a.kind === 'null' || b.kind === 'null') return 'as they are'
  if (isNumeric(a) && isNumeric(b)) return a.kind === 'int' && b.kind === 'int' ? 'as they are' : types.float64
  const moments = [a, b].filter((type) => type.kind === 'date' || type.kind === 'timestamp')
  if (moments.length === 2) {
    if (a.kind === 'date' && b.kind === 'date') return 'as they are'
    const places = moments.map((type) => (type.kind === 'timestamp' ? units.indexOf(type.unit) : 0))
    return { kind: 'timestamp', unit: units[Math.max(...places)] ?? 'us', zone: null }
  }
  const comparable = ['bool', 'string', 'binary', 'time'].includes(a.kind)
  return comparable && a.kind === b.kind ? 'as they are' : null
}

/** `item in list`. */
export function inTree(item: Tree, list: Tree, place: Place): Tree {
  if (list.type.kind === 'null') return { op: 'in', type: types.bool, item, list, ...place }
  if (list.type.kind !== 'list' && list.type.kind !== 'fixed') {
    const advice = list.type.kind === 'string' ? '; contains(text, part) looks into a text' : ''
    const message = `"in" looks into a list, not into a value of type ${typeName(list.type)}${advice}.`
    throw new ExpressionFault('wrong-type', message, list)
  }
  const common = commonType(item.type, list.type.item)
  if (!common || ['list', 'fixed', 'struct'].includes(common.kind)) {
    const message = `A list of ${typeName(list.type.item)} holds no value of type ${typeName(item.type)}.`
    throw new ExpressionFault('wrong-type', message, place)
  }
  // Decimals are looked for as doubles, as they are compared.
  const type = common.kind === 'decimal' ? types.float64 : common
  const as = { item: convert(item, type), list: convert(list, { kind: 'list', item: type }) }
  return { op: 'in', type: types.bool, ...as, ...place }
}
