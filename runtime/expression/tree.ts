import type { ColumnType } from '../pipeline/types.ts'
import type { ExpressionFunction } from './function.ts'

/** A plain value of an expression: int, time and timestamp are bigint, floats and dates (days) numbers, decimals unscaled. */
export type Value = null | boolean | bigint | number | string | Uint8Array | readonly unknown[] | object

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='
/** `/` is for floats alone; `div` is the whole part. */
export type Calculation = '+' | '-' | '*' | '/' | '%' | 'div'

interface Place {
  readonly type: ColumnType
  /** Characters of the text, from 0. */
  readonly start: number
  readonly end: number
}

/**
 * A checked expression. Operands have the types that their operator works on (`convert` stands where they did not), so
 * that neither the kernels nor the row-by-row path know a rule about types.
 */
export type Tree = Place &
  (
    | { readonly op: 'literal'; readonly value: Value }
    | { readonly op: 'column'; readonly index: number; readonly name: string }
    | { readonly op: 'field'; readonly object: Tree; readonly field: number }
    | { readonly op: 'index'; readonly list: Tree; readonly at: Tree }
    | { readonly op: 'and' | 'or'; readonly left: Tree; readonly right: Tree }
    | { readonly op: 'not' | 'negate' | 'isNull'; readonly value: Tree }
    | { readonly op: 'convert'; readonly value: Tree }
    | { readonly op: 'compare'; readonly operator: Comparison; readonly left: Tree; readonly right: Tree }
    | { readonly op: 'arithmetic'; readonly operator: Calculation; readonly left: Tree; readonly right: Tree }
    | { readonly op: 'concat'; readonly left: Tree; readonly right: Tree }
    | { readonly op: 'choose'; readonly condition: Tree; readonly yes: Tree; readonly no: Tree }
    | { readonly op: 'coalesce'; readonly values: readonly Tree[] }
    | { readonly op: 'in'; readonly item: Tree; readonly list: Tree }
    | { readonly op: 'list'; readonly items: readonly Tree[] }
    | { readonly op: 'call'; readonly called: ExpressionFunction; readonly args: readonly Tree[] }
  )

export type TreeOf<Op extends Tree['op']> = Extract<Tree, { readonly op: Op }>

/** Why one row has no result: overflow, a division by zero, a text that is no number. Returned, not thrown: it is cheap. */
export class RowFailure {
  readonly code: string
  readonly message: string

  constructor(code: string, message: string) {
    this.code = code
    this.message = message
  }
}

/** The parts of a tree, in the order in which they are evaluated. */
export function partsOf(tree: Tree): readonly Tree[] {
  switch (tree.op) {
    case 'literal':
    case 'column':
      return []
    case 'field':
      return [tree.object]
    case 'index':
      return [tree.list, tree.at]
    case 'not':
    case 'negate':
    case 'isNull':
    case 'convert':
      return [tree.value]
    case 'choose':
      return [tree.condition, tree.yes, tree.no]
    case 'coalesce':
      return tree.values
    case 'in':
      return [tree.item, tree.list]
    case 'list':
      return tree.items
    case 'call':
      return tree.args
    default:
      return [tree.left, tree.right]
  }
}
