import { isAscii } from 'node:buffer'
import { type Column, isValid } from '../memory/column.ts'
import { typeName } from '../pipeline/types.ts'
import type { Cell } from '../server/api/rows.ts'
import { textBy } from '../text/buffer.ts'
import { scalarWriter } from '../text/json.ts'
import { bytesCell, cutText, headOf, longestList, longestText } from './cut.ts'
import { cutJson } from './cutjson.ts'
import { numberText, readNumber } from './numbers.ts'
import { vectorCell } from './vector.ts'

/** Gives the cells of a column, one row at a time: nothing is done for rows that are not asked for. */
export function cellReader(column: Column): (row: number) => Cell {
  const read = plainReader(column)
  return (row) => (isValid(column, row) ? read(row) : null)
}

function plainReader(column: Column): (row: number) => Cell {
  const { type, values, offsets } = column
  switch (type.kind) {
    case 'null':
      return () => null
    case 'bool': {
      const write = scalarWriter(column)
      return (row) => textBy((out) => write(out, row)) === 'true'
    }
    case 'int':
      if (type.bits !== 64) return (row) => Number(values?.[row])
      return (row) => String(values?.[row])
    case 'float':
      return (row) => {
        const value = readNumber(column, row)
        return Number.isFinite(value) ? Number(numberText(column, row)) : String(value)
      }
    case 'string':
      return (row) => textCell(values as Uint8Array, offsets?.[row] as number, offsets?.[row + 1] as number)
    case 'binary':
      return (row) => bytesCell((values as Uint8Array).subarray(offsets?.[row] as number, offsets?.[row + 1] as number))
    case 'list':
      return (row) => listCell(column, row, offsets?.[row] as number, offsets?.[row + 1] as number)
    case 'fixed':
      return (row) => listCell(column, row, row * type.size, (row + 1) * type.size)
    case 'struct':
      return (row) => cutJson(column, row)
    case 'decimal':
    case 'date':
    case 'time':
    case 'timestamp': {
      const write = scalarWriter(column)
      return (row) => textBy((out) => write(out, row))
    }
    default:
      throw new TypeError(`a ${typeName(type)} has no cell`)
  }
}

function listCell(column: Column, row: number, start: number, end: number): Cell {
  const items = column.children[0] as Column
  const numbers = items.type.kind === 'float' || (items.type.kind === 'int' && column.type.kind === 'fixed')
  if (numbers && end - start > longestList) {
    const vector = vectorCell(end - start, (at) => (isValid(items, start + at) ? readNumber(items, start + at) : 0))
    // With a NaN in it a vector has no norm; its numbers say more.
    if (vector) return vector
  }
  return cutJson(column, row)
}

/** A text as its UTF-8 bytes; one MB is neither decoded nor sent. */
function textCell(bytes: Uint8Array, start: number, end: number): Cell {
  const text = bytes.subarray(start, end)
  // Three bytes are at most one UTF-16 unit, so that many bytes are too long for sure.
  if (text.length <= longestText * 3) return cutText(decode(text))
  const length = isAscii(text) ? text.length : decode(text).length
  return { text: headOf(decode(text.subarray(0, longestText))), length }
}

const decode = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
