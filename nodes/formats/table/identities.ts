import { readFile, writeFile } from 'node:fs/promises'
import { Identity, type Origin } from '@headrace/runtime/sdk'
import type { StagedOrigin } from './staging.ts'

/** Which file of an input each of some rows lay in, and what its identity columns say there. */
export interface Known {
  readonly file: Uint32Array
  readonly number: Float64Array
  readonly origin: Uint32Array
  /** Null where no row has more. */
  readonly more: { readonly offsets: Int32Array; readonly values: Uint8Array } | null
  /** One more level of pieces: the place of each row among those that were made of one. */
  readonly pieces?: Uint32Array | null
}

/** The origins of the rows of each staged file, by its place in the input. */
export type OriginTable = readonly (readonly StagedOrigin[])[]

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
  const stagedOf = (row: number): StagedOrigin =>
    table[known.file[row] as number]?.[known.origin[row] as number] as StagedOrigin
  const first = stagedOf(start)
  let end = start
  const places = new Map<number, number>()
  const origins: { readonly origin: Origin; readonly texts: string[] | null }[] = []
  const which = new Uint32Array(known.file.length - start)
  for (; end < known.file.length; end++) {
    const key = (known.file[end] as number) * 2 ** 20 + (known.origin[end] as number)
    let place = places.get(key)
    if (place === undefined) {
      const { node, path, branch, depth, named } = stagedOf(end)
      if (branch !== first.branch || depth !== first.depth) break
      const texts: string[] | null = named ? [] : null
      place = origins.push({ origin: { node, path, ...(texts && { names: { first: 0, texts } }) }, texts }) - 1
      places.set(key, place)
    }
    which[end - start] = place
  }
  const rows = end - start
  const numbers = known.number.slice(start, end)
  const children = Array.from({ length: first.depth }, () => new Uint32Array(rows))
  if (known.more) readMore(known.more, start, numbers, children, (row) => origins[which[row] as number]?.texts ?? null)
  if (known.pieces) children.push(known.pieces.slice(start, end))
  const all = origins.map(({ origin }) => origin)
  const from = all.length === 1 ? (all[0] as Origin) : { origins: all, which: which.subarray(0, rows) }
  return new Identity(from, rows, numbers, children, first.branch)
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
