import type { Slice } from './cursor.ts'
import type { Dictionary } from './dictionary.ts'
import type { Shape } from './shape.ts'

/** Bytes of some rows, as DuckDB's vectors have them: batches are cut by them, and rows are too large. */
export function weightOf({ page, from, to }: Slice, shape: Shape): number {
  const rows = to - from
  if (page.values.kind === 'lists') {
    const { starts, items } = page.values
    const slice = { page: items, from: starts[from] as number, to: starts[to] as number }
    return rows * 4 + weightOf(slice, shape)
  }
  if (shape.kind === 'flags') return rows
  if (shape.kind === 'fixed') return rows * shape.weight
  const { values, places } = page
  if (values.kind === 'codes') return rows * 4 + codedBytes(values.codes, values.dictionary, from, to)
  if (values.kind !== 'texts') return 0
  const [first, last] = places ? [places[from] as number, places[to] as number] : [from, to]
  const { starts, gap } = values
  return rows * 4 + (starts[last] as number) - (starts[first] as number) - (last - first) * gap
}

/** So much is not counted text by text: less than a batch by far. */
const little = 256 << 10

/** Bytes of coded texts: of several rows whose texts can only be short, what they take on the average. */
function codedBytes(codes: Int32Array, { count, bytes: all, offsets, longest }: Dictionary, from: number, to: number) {
  if (!offsets) return 0
  const rows = to - from
  if (rows > 1 && rows * longest <= little) return Math.round((rows * all.length) / Math.max(1, count))
  let bytes = 0
  for (let row = from; row < to; row++) {
    const code = codes[row] as number
    bytes += (offsets[code + 1] as number) - (offsets[code] as number)
  }
  return bytes
}
