import type { Column, Scope } from '@headrace/runtime/sdk'
import { buildColumn, validityOf } from './build.ts'
import type { List, PageColumn } from './chunks.ts'
import type { Slice } from './cursor.ts'
import { notOurs } from './notours.ts'
import type { Page } from './page.ts'
import type { Values } from './plain.ts'

/** Builds a column of lists, of any size or of one, in shared memory out of the pages of its rows. */
export function buildLists(
  scope: Scope,
  { type, value, shape }: PageColumn,
  { size }: List,
  slices: readonly Slice[],
  length: number,
): Column {
  const base = { type, length, ...validityOf(scope, slices, length), values: null }
  const item = { type: value, shape }
  if (size !== null) {
    const items = slices.flatMap((slice) => sizedItems(slice, size, nullItems(shape.kind, size)))
    return { ...base, offsets: null, children: [buildColumn(scope, item, items, length * size)] }
  }
  const offsets = scope.allocate(Int32Array, length + 1)
  const items: Slice[] = []
  let row = 0
  let end = (offsets[0] = 0)
  for (const { page, from, to } of slices) {
    const { starts, items: of } = listsOf(page)
    const shift = end - (starts[from] as number)
    for (let i = from + 1; i <= to; i++) offsets[++row] = (starts[i] as number) + shift
    end = offsets[row] as number
    items.push({ page: of, from: starts[from] as number, to: starts[to] as number })
  }
  return { ...base, offsets, children: [buildColumn(scope, item, items, end)] }
}

const listsOf = ({ values }: Page) => (values.kind === 'lists' ? values : notOurs('values of another kind'))

/** The items of lists that all have `size`, in as few slices as they lie in; a null list has that many null items. */
function sizedItems({ page, from, to }: Slice, size: number, nulls: Slice): Slice[] {
  const { starts, items } = listsOf(page)
  const found: Slice[] = []
  const add = (start: number, end: number) => {
    if (starts[start] !== starts[end])
      found.push({ page: items, from: starts[start] as number, to: starts[end] as number })
  }
  let begin = from
  for (let row = from; row < to; row++) {
    const isNull = page.there?.[row] === 0
    if (!isNull && (starts[row + 1] as number) - (starts[row] as number) !== size) notOurs('a list of another size')
    if (!isNull) continue
    add(begin, row)
    found.push(nulls)
    begin = row + 1
  }
  add(begin, to)
  return found
}

/** Items that are null. */
function nullItems(kind: 'fixed' | 'texts' | 'flags', size: number): Slice {
  const none = new Uint8Array(0)
  const values: Record<typeof kind, Values> = {
    fixed: { kind: 'fixed', bytes: none },
    flags: { kind: 'flags', flags: none },
    texts: { kind: 'texts', bytes: none, starts: new Int32Array(1), gap: 0 },
  }
  const [there, places] = [new Uint8Array(size), new Int32Array(size + 1)]
  return { page: { first: 0, rows: size, there, places, values: values[kind], rooms: [] }, from: 0, to: size }
}
