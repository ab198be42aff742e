import type { Schema } from '../pipeline/schema.ts'
import type { ColumnType } from '../pipeline/types.ts'
import type { CompiledExpression } from '../sdk/node.ts'

export interface ExpressionError {
  readonly code: string
  readonly message: string
  /** Characters from 0 where the error starts and ends in the text. */
  readonly start: number
  readonly end: number
}

/** Parses and type-checks an expression over columns. */
export declare function checkExpression(
  text: string,
  input: Schema,
  options: { wanted?: 'bool' | undefined },
): { type: ColumnType } | ExpressionError
/** Compiles a checked expression; throws a HeadraceError where it does not check. */
export declare function compileExpression(
  text: string,
  input: Schema,
  options: { wanted?: 'bool' | undefined; now: Date },
): CompiledExpression
