import { type Batch, type Column, isValid, setBit } from '@headrace/runtime/sdk'
import type { Leaf, Shape } from './layout.ts'
import { addBits, addLevels, addRun, type Bytes } from './levels.ts'

/** A leaf of a staged file with its place in the schema. */
export interface Strip {
  readonly path: readonly string[]
  readonly leaf: Leaf
  /** It is not nested, so that its rows may be written from where they are stored. */
  readonly flat: boolean
  /** Writes a page's levels and values for `count` rows; gives how many levels there are. */
  readonly write: (out: Bytes, rows: StagedRows, count: number) => number
}

/** Rows of a column to be staged, as `Batch.stored` gives them; of a nested column all of its rows. */
export type StagedRows = ReturnType<Batch['stored']>

/** The leaves of a column, in the schema's order. */
export function stripsOf(shape: Shape): Strip[] {
  return leavesOf(shape, []).map(({ path, steps, leaf }) => {
    const flat = steps.every((step) => step.kind === 'leaf')
    const write: Strip['write'] = flat
      ? (out, rows, count) => writeFlat(out, rows, count, leaf)
      : (out, { column }) => writeNested(out, column, steps, leaf)
    return { path, leaf, flat, write }
  })
}

/** On the way to a leaf: into a struct's child, or into a list's items. */
type Step =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'field'; readonly child: number }
  | { readonly kind: 'items'; readonly size: number | null }

interface Way {
  readonly path: readonly string[]
  readonly steps: readonly Step[]
  readonly leaf: Leaf
}

function leavesOf(shape: Shape, steps: readonly Step[]): Way[] {
  const under = (ways: readonly Way[], ...names: string[]): Way[] =>
    ways.map((way) => ({ ...way, path: [...names, ...way.path] }))
  switch (shape.kind) {
    case 'leaf':
      return [{ path: [shape.name], steps: [...steps, { kind: 'leaf' }], leaf: shape.leaf }]
    case 'struct':
      return shape.children.flatMap((child, i) =>
        under(leavesOf(child, [...steps, { kind: 'field', child: i }]), shape.name),
      )
    case 'list':
      return under(leavesOf(shape.item, [...steps, { kind: 'items', size: shape.size }]), shape.name, 'list')
  }
}

function writeFlat(out: Bytes, { column, places }: StagedRows, count: number, leaf: Leaf): number {
  if (column.nulls === 0) {
    addRun(out, count, 1)
    leaf.put(out, column, places)
  } else if (column.nulls === column.length) {
    addRun(out, count, 0)
    if (leaf.encoding !== 0) leaf.put(out, column, new Int32Array(0))
  } else {
    const bits = places ? bitsAt(column, places) : (column.validity as Uint8Array)
    addBits(out, bits, count)
    leaf.put(out, column, placesSet(column, places, count))
  }
  return count
}

/** Which rows are not null. */
function bitsAt(column: Column, places: Int32Array): Uint8Array {
  const bits = new Uint8Array((places.length + 7) >> 3)
  for (let i = 0; i < places.length; i++) if (isValid(column, places[i] as number)) setBit(bits, i)
  return bits
}

/** The places of the rows that are not null. */
function placesSet(column: Column, places: Int32Array | null, count: number): Int32Array {
  const found = new Int32Array(count)
  let length = 0
  for (let i = 0; i < count; i++) {
    const place = places ? (places[i] as number) : i
    if (isValid(column, place)) found[length++] = place
  }
  return found.subarray(0, length)
}

/** One value or one missing one: how often it repeats, how much of its way is there, and its place (-1: it is not). */
interface Entries {
  readonly repeats: Uint8Array
  readonly defined: Uint8Array
  readonly places: Int32Array
}

/** Dremel's levels (https://research.google/pubs/pub36632), found step by step from the row to the leaf. */
function writeNested(out: Bytes, column: Column, steps: readonly Step[], leaf: Leaf): number {
  let at = column
  let entries: Entries = {
    repeats: new Uint8Array(column.length),
    defined: new Uint8Array(column.length),
    places: Int32Array.from({ length: column.length }, (_, row) => row),
  }
  let [mostRepeats, mostDefined] = [0, 0]
  for (const step of steps) {
    dropNulls(at, entries)
    mostDefined++
    if (step.kind === 'field') at = at.children[step.child] as Column
    else if (step.kind === 'items') {
      entries = itemsOf(at, entries, step.size, ++mostRepeats)
      mostDefined++
      at = at.children[0] as Column
    }
  }
  if (mostRepeats) addLevels(out, entries.repeats, mostRepeats)
  addLevels(out, entries.defined, mostDefined)
  leaf.put(
    out,
    at,
    entries.places.filter((place) => place >= 0),
  )
  return entries.places.length
}

function dropNulls(column: Column, { defined, places }: Entries): void {
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number
    if (place < 0) continue
    if (isValid(column, place)) defined[i] = (defined[i] as number) + 1
    else places[i] = -1
  }
}

function itemsOf(column: Column, entries: Entries, size: number | null, level: number): Entries {
  const { offsets } = column
  const start = (place: number) => (size === null ? (offsets?.[place] as number) : place * size)
  let count = 0
  for (const place of entries.places) count += place < 0 ? 1 : Math.max(1, start(place + 1) - start(place))
  const items: Entries = {
    repeats: new Uint8Array(count),
    defined: new Uint8Array(count),
    places: new Int32Array(count).fill(-1),
  }
  let at = 0
  for (let i = 0; i < entries.places.length; i++) {
    const place = entries.places[i] as number
    const [from, to] = place < 0 ? [0, 0] : [start(place), start(place + 1)]
    const defined = entries.defined[i] as number
    items.repeats[at] = entries.repeats[i] as number
    items.defined[at] = defined
    if (from === to) at++
    for (let item = from; item < to; item++, at++) {
      if (item > from) items.repeats[at] = level
      items.defined[at] = defined + 1
      items.places[at] = item
    }
  }
  return items
}
