import { type Column, fromHalf } from '../memory/column.ts'
import { textBy } from '../text/buffer.ts'
import { scalarWriter } from '../text/json.ts'

/** A number of an int or float column; int64 is rounded. */
export function readNumber({ type, values }: Column, row: number): number {
  const value = values?.[row]
  return type.kind === 'float' && type.bits === 16 ? fromHalf(Number(value)) : Number(value)
}

/** The shortest text of a finite number of an int or float column: a float32 0.1 is 0.1. */
export const numberText = (column: Column, row: number): string => textBy((out) => scalarWriter(column)(out, row))
