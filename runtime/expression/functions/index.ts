import type { ExpressionFunction } from '../function.ts'
import { dateFunctions } from './dates.ts'
import { numberFunctions } from './numbers.ts'
import { textFunctions } from './text.ts'
import { valueFunctions } from './values.ts'

/** Every function of the dialect, in the order of the reference. */
export const functions: readonly ExpressionFunction[] = [
  ...valueFunctions,
  ...numberFunctions,
  ...textFunctions,
  ...dateFunctions,
]

/** The functions by name. */
export const functionNamed: ReadonlyMap<string, ExpressionFunction> = new Map(functions.map((one) => [one.name, one]))
