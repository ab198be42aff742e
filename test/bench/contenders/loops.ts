import { type Column, isValid } from '@headrace/runtime/sdk'

// Loops over typed arrays as one writes them by hand for one expression: the limit of what JavaScript can do.

/** The columns of the benchmark's rows. */
export interface Columns {
  readonly price: Column
  readonly n: Column
  readonly lang: Column
  readonly item: Column
  readonly discount: Column
}

/** Gives the rows that a condition keeps: how many, and their places at the start of `kept`. */
export type Filter = (columns: Columns, rows: number, kept: Int32Array) => number

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const doubles = (column: Column) => column.values as Float64Array
const longs = (column: Column) => column.values as BigInt64Array
const text = ({ values, offsets }: Column) => ({ values: values as Uint8Array, offsets: offsets as Int32Array })

export const compare: Filter = ({ price }, rows, kept) => {
  const prices = doubles(price)
  let count = 0
  for (let row = 0; row < rows; row++) if ((prices[row] as number) > 100) kept[count++] = row
  return count
}

const de = bytesOf('de')
export const mixed: Filter = ({ price, lang, n }, rows, kept) => {
  const prices = doubles(price)
  const counts = longs(n)
  const { values, offsets } = text(lang)
  let count = 0
  for (let row = 0; row < rows; row++) {
    const at = offsets[row] as number
    const isDe = (offsets[row + 1] as number) - at === 2 && values[at] === de[0] && values[at + 1] === de[1]
    if (((prices[row] as number) > 100 && isDe) || BigInt.asIntN(64, (counts[row] as bigint) * 2n) > 50n) {
      kept[count++] = row
    }
  }
  return count
}

const amber = bytesOf('amber')
export const prefix: Filter = ({ item }, rows, kept) => {
  const { values, offsets } = text(item)
  let count = 0
  for (let row = 0; row < rows; row++) {
    const at = offsets[row] as number
    if ((offsets[row + 1] as number) - at < amber.length) continue
    let same = 0
    while (same < amber.length && values[at + same] === amber[same]) same++
    if (same === amber.length) kept[count++] = row
  }
  return count
}

/** Two bytes as a number. */
const pair = (of: string): number => of.charCodeAt(0) * 256 + of.charCodeAt(1)
const [first, second, third] = [pair('de'), pair('fr'), pair('ja')]
export const within: Filter = ({ lang }, rows, kept) => {
  const { values, offsets } = text(lang)
  let count = 0
  for (let row = 0; row < rows; row++) {
    const at = offsets[row] as number
    if ((offsets[row + 1] as number) - at !== 2) continue
    const two = (values[at] as number) * 256 + (values[at + 1] as number)
    if (two === first || two === second || two === third) kept[count++] = row
  }
  return count
}

export const absent: Filter = ({ discount }, rows, kept) => {
  const discounts = doubles(discount)
  let count = 0
  for (let row = 0; row < rows; row++) {
    if (isValid(discount, row) && (discounts[row] as number) > 5) kept[count++] = row
  }
  return count
}

export function total({ price, n }: Columns, rows: number, out: Float64Array): void {
  const prices = doubles(price)
  const counts = longs(n)
  for (let row = 0; row < rows; row++) out[row] = (prices[row] as number) * Number(counts[row]) + 0.5
}
