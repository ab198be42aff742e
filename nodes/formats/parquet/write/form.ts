import type { ColumnType } from '@headrace/runtime/sdk'
import { isWorthDictionary, withoutDictionary } from '../encodings.ts'
import { type Dictionary, dictionaryOf, mostShareOfNew, shareOfNew, shareOfNewCodes } from './dictionary.ts'
import type { Gathered, Values } from './gathered.ts'
import { copyWords, Room } from './room.ts'

/** How a column's values stand in its pages. */
export interface Form {
  /** Of a dictionary: which of its entries each value is; null: there is none. */
  readonly indices: Uint32Array | null
  /** The dictionary's entries, or all values. */
  readonly values: Values
  /** Whether whole numbers are written by their differences. */
  readonly delta: boolean
}

/**
 * Chooses by a row group's values alone: how they were cut into batches, and whether these had codes, does not show.
 * `type`: that of the column.
 */
export function formOf(type: ColumnType, gathered: Gathered): Form {
  const codes = gathered.codes.all
  const values = gathered.values()
  // Bools are bits already.
  if (gathered.physical.width === 1) return { indices: null, values: expanded(values, codes), delta: false }
  const made = codes && codedDictionary(values, codes)
  if (!made) return formOfValues(type, gathered.type, expanded(values, codes))
  const { type: leaf, count } = gathered
  const isWorth =
    isWorthDictionary(leaf, mostShareOfNew(count(), made.values.count)) ||
    isWorthDictionary(leaf, shareOfNewCodes(made.indices, count(), made.values.count))
  if (isWorth) return { ...made, delta: false }
  return { indices: null, values: expanded(made.values, codes), delta: withoutDictionary(type) === 'delta' }
}

function formOfValues(type: ColumnType, leaf: ColumnType, values: Values): Form {
  const isWorth = isWorthDictionary(leaf, shareOfNew(values))
  const dictionary = isWorth ? dictionaryOf(values) : null
  if (dictionary) return { ...dictionary, delta: false }
  return { indices: null, values, delta: isWorth || withoutDictionary(type) === 'delta' }
}

/**
 * The dictionary of rows with codes; null where it would become too large. Where the codes name a value twice, as several
 * batches brought it, they are written over.
 */
function codedDictionary(values: Values, codes: Uint32Array): Dictionary | null {
  const dictionary = dictionaryOf(values)
  if (dictionary && dictionary.values.count < values.count)
    for (let i = 0; i < codes.length; i++) codes[i] = dictionary.indices[codes[i] as number] as number
  return dictionary && { values: dictionary.values, indices: codes }
}

/** The values that codes name, one for each. */
function expanded(values: Values, codes: Uint32Array | null): Values {
  if (!codes) return values
  const { width, bytes, offsets } = values
  const view = new DataView(bytes.buffer)
  const out = new Room()
  const ends = offsets && new Int32Array(codes.length + 1)
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number
    const start = offsets ? (offsets[code] as number) : code * width
    const length = offsets ? (offsets[code + 1] as number) - start : width
    const at = out.take(length)
    if (length > 256) out.bytes.set(bytes.subarray(start, start + length), at)
    else copyWords(out.view, at, view, start, length)
    if (ends) ends[i + 1] = out.length
  }
  return { count: codes.length, width, bytes: out.bytes, offsets: ends }
}
