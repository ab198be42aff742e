import { bitAt, type Column, decodeText, isValid } from '../memory/column.ts'
import type { Cell } from '../server/api/rows.ts'
import { textBy } from '../text/buffer.ts'
import { scalarWriter } from '../text/json.ts'
import { cutJsonText, longestText } from './cut.ts'
import { numberText, readNumber } from './numbers.ts'

/** A JSON text that stops growing: what is beyond the room is only measured, roughly. */
interface Writing {
  text: string
  /** Characters that were not written. */
  beyond: number
}

// A value's JSON is written as far as this, which is more than is shown, and estimated from there.
const room = longestText * 2

/** A list or struct as JSON, small ones whole; `length` of one beyond 4,000 characters is an estimate. */
export function cutJson(column: Column, row: number): Cell {
  const writing: Writing = { text: '', beyond: 0 }
  write(writing, column, row)
  return cutJsonText(writing.text, writing.text.length + writing.beyond)
}

function write(out: Writing, column: Column, row: number): void {
  if (!isValid(column, row)) {
    out.text += 'null'
    return
  }
  const { type, values, offsets, children } = column
  switch (type.kind) {
    case 'bool':
      out.text += bitAt(values as Uint8Array, row) ? 'true' : 'false'
      return
    case 'int':
      out.text += String(values?.[row])
      return
    case 'float': {
      const value = readNumber(column, row)
      out.text += Number.isFinite(value) ? numberText(column, row) : `"${value}"`
      return
    }
    case 'string':
      writeString(out, values as Uint8Array, offsets?.[row] as number, offsets?.[row + 1] as number)
      return
    case 'list':
      writeItems(out, children[0] as Column, offsets?.[row] as number, offsets?.[row + 1] as number)
      return
    case 'fixed':
      writeItems(out, children[0] as Column, row * type.size, (row + 1) * type.size)
      return
    case 'struct':
      out.text += '{'
      type.fields.forEach(({ name }, i) => {
        out.text += `${i ? ',' : ''}${JSON.stringify(name)}:`
        write(out, children[i] as Column, row)
      })
      out.text += '}'
      return
    case 'binary': {
      const start = offsets?.[row] as number
      const bytes = (values as Uint8Array).subarray(start, offsets?.[row + 1])
      out.text += `"${Buffer.from(bytes.subarray(0, room)).toString('base64')}"`
      out.beyond += Math.max(0, Math.ceil(((bytes.length - room) * 4) / 3))
      return
    }
    default:
      out.text += `"${textBy((text) => scalarWriter(column)(text, row))}"`
  }
}

function writeString(out: Writing, bytes: Uint8Array, start: number, end: number): void {
  const shown = Math.min(end, start + room)
  out.text += JSON.stringify(decodeText(bytes, start, shown))
  out.beyond += end - shown
}

function writeItems(out: Writing, items: Column, start: number, end: number): void {
  out.text += '['
  for (let at = start; at < end; at++) {
    if (at > start) out.text += ','
    const before = out.text.length
    if (before > room) {
      // The items to come are taken to be as long as those that are written.
      const each = Math.max(1, (before - 1) / Math.max(1, at - start))
      out.beyond += Math.round(each * (end - at))
      break
    }
    write(out, items, at)
  }
  out.text += ']'
}
