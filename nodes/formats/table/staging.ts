import {
  addChecksums,
  type Batch,
  type Checksum,
  type Column,
  emptyChecksum,
  type Field,
  HeadraceError,
  type Identity,
  type Json,
  type Receipt,
  type Scope,
  type TableWriteContext,
  types,
} from '@headrace/runtime/sdk'
import { type Manner, shapeOf } from './layout.ts'
import { openPlainFile } from './parquet-file.ts'
import type { StagedRows } from './strips.ts'

/** Where some staged rows come from; a row says by number which of its file's origins is its own. */
export interface StagedOrigin {
  readonly node: string
  readonly path: string
  readonly branch: string
  /** How many levels of pieces there are. */
  readonly depth: number
  readonly named: boolean
}

/** What the receipt of a staged file keeps beside its rows. */
export interface StagedData {
  readonly sum: Checksum
  readonly origins: readonly StagedOrigin[]
  /** Bytes of the file if no row were coded; a run that an older version began lacks it, and codes nothing. */
  readonly decoded?: number
}

/**
 * The columns behind those of the user, by which a row is known again: its hash (`Identity.hashes`), its number, the place
 * of its origin in the receipt (null: the first), and its places as a piece and its group's name (null: neither).
 */
export const identityFields: readonly Field[] = [
  { name: 'h', type: types.uint32 },
  { name: 'n', type: types.float64 },
  { name: 'o', type: types.uint32 },
  { name: 'x', type: types.binary },
]

/** Stages one split's rows of an input: the columns at `places`, called c0, c1 and so on, and who each row is. */
export async function stageRows<C>(
  context: TableWriteContext<C>,
  places: readonly number[],
  manner: Manner,
): Promise<Receipt> {
  const { input } = context
  const path = context.stage('.parquet')
  const fields = places.map((place) => input.schema.fields[place] as Field)
  const shapes = [
    ...fields.map(({ type }, i) => shapeOf(`c${i}`, type, manner)),
    ...identityFields.map(({ name, type }) => shapeOf(name, type, 'plain')),
  ]
  const file = openPlainFile(context.disk, path, shapes)
  const known = new Map<string, number>()
  const origins: StagedOrigin[] = []
  let rows = 0
  let sum = emptyChecksum
  const originOf = (origin: StagedOrigin): number => {
    const key = JSON.stringify(origin)
    const found = known.get(key)
    if (found !== undefined) return found
    known.set(key, origins.length)
    origins.push(origin)
    return origins.length - 1
  }
  try {
    for await (const batch of input) {
      if (batch.rows === 0) continue
      const who = identityColumns(batch, originOf)
      const own = places.map((place, i) =>
        shapes[i]?.kind === 'leaf' ? batch.stored(place) : wholly(batch.column(place)),
      )
      await file.add([...own, ...who.map(wholly)], batch.rows)
      rows += batch.rows
      sum = addChecksums(sum, batch.identity.checksum)
    }
    const { bytes, decoded } = await file.close()
    const data: StagedData = { sum, origins, decoded }
    // A cast: plain JSON without an index signature.
    return { rows, bytes, files: rows ? [path] : [], data: data as unknown as Json }
  } catch (error) {
    await file.discard()
    throw error
  }
}

/** All rows of a column. */
const wholly = (column: Column): StagedRows => ({ column, places: null, coded: false })

function identityColumns({ scope, identity }: Batch, originOf: (origin: StagedOrigin) => number): Column[] {
  const { rows } = identity
  const numbers = new Float64Array(rows)
  for (let row = 0; row < rows; row++) numbers[row] = identity.number(row)
  const { a } = identity.hashes()
  return [
    flat(types.uint32, new Uint32Array(a.buffer)),
    flat(types.float64, numbers),
    originColumn(identity, originOf),
    moreColumn(scope, identity),
  ]
}

function flat(type: Field['type'], values: Uint32Array | Float64Array): Column {
  return { type, length: values.length, nulls: 0, validity: null, offsets: null, values, children: [] }
}

const missing = (type: Field['type'], length: number): Column => ({
  type,
  length,
  nulls: length,
  validity: new Uint8Array((length + 7) >> 3),
  offsets: type.kind === 'binary' ? new Int32Array(length + 1) : null,
  values: type.kind === 'binary' ? new Uint8Array(0) : new Uint32Array(0),
  children: [],
})

function originColumn(identity: Identity, originOf: (origin: StagedOrigin) => number): Column {
  const { branch, children, origins, rows } = identity
  const place = (row: number) => {
    const { node, path, names } = identity.originOf(row)
    return originOf({ node, path, branch, depth: children.length, named: names !== undefined })
  }
  if (!origins) {
    const one = place(0)
    return one === 0 ? missing(types.uint32, rows) : flat(types.uint32, new Uint32Array(rows).fill(one))
  }
  const places = new Map<number, number>()
  const values = Uint32Array.from(origins.which, (which, row) => {
    const found = places.get(which) ?? place(row)
    places.set(which, found)
    return found
  })
  return flat(types.uint32, values)
}

/** The places of pieces as 32-bit numbers, then the group's name; a row of a source has neither. */
function moreColumn(scope: Scope, identity: Identity): Column {
  const { children, rows } = identity
  const name = (row: number) => {
    const { names } = identity.originOf(row)
    return names?.texts[identity.number(row) - names.first]
  }
  const { origin, origins } = identity
  const named = (origins?.origins ?? [origin]).some(({ names }) => names)
  if (children.length === 0 && !named) return missing(types.binary, rows)
  const texts = named ? Array.from({ length: rows }, (_, row) => Buffer.from(name(row) ?? '')) : null
  const width = children.length * 4
  const offsets = scope.allocate(Int32Array, rows + 1)
  let end = (offsets[0] = 0)
  for (let row = 0; row < rows; row++) offsets[row + 1] = end += width + (texts?.[row]?.length ?? 0)
  if (end > 0x7fffffff) throw new HeadraceError('batch-too-large', 'the names of a batch take more than 2 GB.')
  const values = scope.allocate(Uint8Array, end)
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength)
  for (let row = 0; row < rows; row++) {
    const at = offsets[row] as number
    for (const [level, places] of children.entries()) view.setUint32(at + level * 4, places[row] as number, true)
    const text = texts?.[row]
    if (text) values.set(text, at + width)
  }
  return { type: types.binary, length: rows, nulls: 0, validity: null, offsets, values, children: [] }
}
