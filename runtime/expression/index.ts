import { HeadraceError } from '../pipeline/problem.ts'
import type { Schema } from '../pipeline/schema.ts'
import { type ColumnType, typeName } from '../pipeline/types.ts'
import type { CompiledExpression } from '../sdk/node.ts'
import { check } from './check.ts'
import { compileTree } from './compile.ts'
import type { Constants } from './constants.ts'
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
  options: { wanted?: 'bool' | undefined; constants?: Constants | undefined },
): { type: ColumnType } | ExpressionError {
  try {
    return { type: checkedTree(text, input, options.wanted, options.constants).type }
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
  options: { wanted?: 'bool' | undefined; now: Date; constants?: Constants | undefined },
): CompiledExpression {
  try {
    return compileTree(checkedTree(text, input, options.wanted, options.constants), options.now)
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault
    const { code, message, start } = fault
    throw new HeadraceError(code, `${message} (in: ${text})`, { place: { position: start + 1 } })
  }
}

/** The typed tree of an expression; throws an ExpressionFault. */
export function checkedTree(text: string, input: Schema, wanted?: 'bool', constants?: Constants): Tree {
  const tree = check(parse(text), input, constants)
  if (wanted === undefined || tree.type.kind === wanted) return tree
  const advice = tree.type.kind === 'null' ? ' it is always null' : ` this is ${typeName(tree.type)}`
  throw new ExpressionFault('wrong-type', `A condition is a bool;${advice}.`, tree)
}
