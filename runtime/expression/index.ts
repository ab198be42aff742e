import { HeadraceError } from '../pipeline/problem.ts'
import type { Schema } from '../pipeline/schema.ts'
import { type ColumnType, typeName } from '../pipeline/types.ts'
import type { CompiledExpression } from '../sdk/node.ts'
import { check } from './check.ts'
import { compileTree } from './compile.ts'
import { ExpressionFault, parse } from './parse.ts'
import type { Tree } from './tree.ts'

export type { ExpressionFunction } from './function.ts'
export { functions } from './functions/index.ts'

export interface ExpressionError {
  readonly code: string
  readonly message: string
  /** Characters from 0 where the error starts and ends in the text. */
  readonly start: number
  readonly end: number
}

/** Parses and type-checks an expression over columns. */
export function checkExpression(
  text: string,
  input: Schema,
  options: { wanted?: 'bool' | undefined },
): { type: ColumnType } | ExpressionError {
  try {
    return { type: checkedTree(text, input, options.wanted).type }
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault
    const { code, message, start, end } = fault
    return { code, message, start, end }
  }
}

/** Compiles a checked expression; throws a HeadraceError where it does not check. */
export function compileExpression(
  text: string,
  input: Schema,
  options: { wanted?: 'bool' | undefined; now: Date },
): CompiledExpression {
  try {
    return compileTree(checkedTree(text, input, options.wanted), options.now)
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault
    const { code, message, start } = fault
    throw new HeadraceError(code, `${message} (in: ${text})`, { place: { position: start + 1 } })
  }
}

/** The typed tree of an expression; throws an ExpressionFault. */
export function checkedTree(text: string, input: Schema, wanted?: 'bool'): Tree {
  const tree = check(parse(text), input)
  if (wanted === undefined || tree.type.kind === wanted) return tree
  const advice = tree.type.kind === 'null' ? ' it is always null' : ` this is ${typeName(tree.type)}`
  throw new ExpressionFault('wrong-type', `A condition is a bool;${advice}.`, tree)
}
