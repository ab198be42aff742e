import { readFile, writeFile } from 'node:fs/promises'
import { Identity, type Origin } from '@headrace/runtime/sdk'
import type { StagedOrigin } from './staging.ts'

/** Which file of an input each of some rows lay in, and what its identity columns say there. */
export interface Known {
  /** A number where all of them lay in one. */
  readonly file: Uint32Array | number
  readonly number: Float64Array
  /** Null where each is of its file's first origin. */
  readonly origin: Uint32Array | null
  /** Null where no row has more. */
  readonly more: { readonly offsets: Int32Array; readonly values: Uint8Array } | null
  /** One more level of pieces: the place of each row among those that were made of one. */
  readonly pieces?: Uint32Array | null
}

/** The origins of the rows of each staged file, by its place in the input. */
export type OriginTable = readonly (readonly StagedOrigin[])[]

/** Whether each row is of its file's only origin, no piece, and called by its number alone. */
export const areSimple = (table: OriginTable): boolean =>
  table.every((some) => some.length <= 1 && some.every(({ depth, named }) => depth === 0 && !named))

/** Keeps the table in a file, which every worker reads once. */
export async function writeOrigins(path: string, table: OriginTable): Promise<void> {
  await writeFile(path, JSON.stringify(table), { flush: true })
}

let last: { readonly path: string; readonly table: Promise<OriginTable> } | undefined

export async function readOrigins(path: string): Promise<OriginTable> {
  // A cast: `writeOrigins` wrote it.
  if (last?.path !== path)
    last = { path, table: readFile(path, 'utf8').then((text) => JSON.parse(text) as OriginTable) }
  return await last.table
}

/**
 * The identities of rows `start` to `end`, as long as they have one branch and depth: an identity has one of them. Gives
 * where it stopped.
 */
export function identityOf(table: OriginTable, known: Known, start: number): Identity {
  const { origins, which, staged, end } = originsOf(table, known, start)
  const numbers = known.number.slice(start, end)
  const children = Array.from({ length: staged.depth }, () => new Uint32Array(end - start))
  if (known.more) readMore(known.more, start, numbers, children, (row) => origins[which?.[row] ?? 0]?.texts ?? null)
  if (known.pieces) children.push(known.pieces.slice(start, end))
  const all = origins.map(({ origin }) => origin)
  const from = which ? { origins: all, which } : (all[0] as Origin)
  return new Identity(from, end - start, follow(numbers) ? (numbers[0] as number) : numbers, children, staged.branch)
}

interface Named {
  readonly origin: Origin
  /** What its rows are called, by their numbers; null where they are not. */
  readonly texts: string[] | null
}

/** Whose the rows from `start` on are, up to the first that has another branch or depth than it; `which`: null for one. */
function originsOf(table: OriginTable, { file, origin, number }: Known, start: number) {
  const { starts, all } = flat(table)
  const slotOf = (row: number) =>
    (starts[typeof file === 'number' ? file : (file[row] as number)] as number) + (origin ? (origin[row] as number) : 0)
  const staged = all[slotOf(start)] as StagedOrigin
  if (typeof file === 'number' && !origin)
    return { origins: [asNamed(staged)], which: null, staged, end: number.length }
  const places = new Int32Array(all.length).fill(-1)
  const origins: Named[] = []
  const which = new Uint32Array(number.length - start)
  let end = start
  for (; end < number.length; end++) {
    const slot = slotOf(end)
    let place = places[slot] as number
    if (place < 0) {
      const one = all[slot] as StagedOrigin
      if (one.branch !== staged.branch || one.depth !== staged.depth) break
      places[slot] = place = origins.push(asNamed(one)) - 1
    }
    which[end - start] = place
  }
  return { origins, which: origins.length === 1 ? null : which.subarray(0, end - start), staged, end }
}

function asNamed({ node, path, named }: StagedOrigin): Named {
  const texts: string[] | null = named ? [] : null
  return { origin: { node, path, ...(texts && { names: { first: 0, texts } }) }, texts }
}

const flats = new WeakMap<OriginTable, { readonly starts: readonly number[]; readonly all: readonly StagedOrigin[] }>()

/** The origins of all files in one list, and where those of each file begin in it. */
function flat(table: OriginTable) {
  let found = flats.get(table)
  if (!found) {
    let count = 0
    const starts = table.map(({ length }) => (count += length) - length)
    found = { starts, all: table.flat() }
    flats.set(table, found)
  }
  return found
}

/** Whether each number is the one before it and one. */
function follow(numbers: Float64Array): boolean {
  const first = numbers[0] as number
  for (let i = 1; i < numbers.length; i++) if (numbers[i] !== first + i) return false
  return true
}

function readMore(
  { offsets, values }: NonNullable<Known['more']>,
  start: number,
  numbers: Float64Array,
  children: readonly Uint32Array[],
  textsOf: (row: number) => string[] | null,
): void {
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength)
  for (let row = 0; row < numbers.length; row++) {
    const at = offsets[start + row] as number
    for (const [level, places] of children.entries()) places[row] = view.getUint32(at + level * 4, true)
    const texts = textsOf(row)
    // By number: sparse, as a text is found by its row's number.
    if (texts) {
      const name = Buffer.from(values.subarray(at + children.length * 4, offsets[start + row + 1]))
      texts[numbers[row] as number] = name.toString()
    }
  }
}
