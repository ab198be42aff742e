import type { FileHandle } from 'node:fs/promises'
import { type ArrowArray, columnFrom } from '@headrace/runtime/arrowlayout'
import { type Batch, type Column, type SourceContext, type SplitPart, slice } from '@headrace/runtime/sdk'
import { allNull } from '../cast/cast.ts'
import { type Allocate, loadArrays, type Message, placesOf } from './arrays.ts'
import { bytesAt, type Entry, readContents, withFile } from './file.ts'
import { Table } from './flatbuffer.ts'
import type { IpcField } from './schema.ts'
import { partData } from './splits.ts'

const batchRows = 8192
const batchBytes = 2 << 20

type Context = SourceContext<unknown>
type Dictionaries = Map<number, readonly ArrowArray[]>

/** Reads a split of Arrow files as batches of at most 8,192 rows; uncompressed columns look at the bytes as read. */
export async function* readSplit(context: Context): AsyncGenerator<Batch> {
  for (const part of context.split.parts) yield* readPart(context, part)
}

async function* readPart(context: Context, part: SplitPart): AsyncGenerator<Batch> {
  const { path } = part
  const whole = context.resolve(path)
  const known: Dictionaries = new Map()
  const { fields } = await withFile(whole, path, (file) => readContents(file, { schemaOnly: true }))
  let first = part.firstRow
  for (const step of partData(part).steps) {
    context.signal.throwIfAborted()
    if (step.to === undefined) {
      await withFile(whole, path, (file) => addDictionary(file, step, fields, known))
      continue
    }
    const range = { from: step.from, to: step.to }
    const columns = await withFile(whole, path, (file) => readBatch(context, file, step, fields, known))
    const rowBytes = step.body / Math.max(1, step.rows)
    yield* cut(context, path, columns, { ...range, first, rows: step.rows, rowBytes })
    first += range.to - range.from
  }
}

async function addDictionary(
  file: FileHandle,
  entry: Entry,
  fields: readonly IpcField[],
  known: Dictionaries,
): Promise<void> {
  const message = Table.root(await bytesAt(file, entry.at, entry.metadata))
  const header = message.table(2) as Table
  const number = header.long(0)
  const field = withDictionary(fields, number)
  const batch = header.table(1)
  if (!field || !batch) return
  const body = await bytesAt(file, entry.at + entry.metadata, entry.body)
  const values = { ...field, type: field.type.kind === 'dictionary' ? field.type.values : field.type, dictionary: null }
  const allocate: Allocate = (length) => new Uint8Array(length)
  const arrays = loadArrays([values], { batch, version: message.short(0) }, body, { allocate, dictionaries: known })
  const isDelta = header.bool(2)
  known.set(number, isDelta ? [...(known.get(number) ?? []), ...arrays] : arrays)
}

function withDictionary(fields: readonly IpcField[], number: number): IpcField | null {
  for (const field of fields) {
    if (field.dictionary === number) return field
    const below = withDictionary(field.children, number)
    if (below) return below
  }
  return null
}

async function readBatch(
  context: Context,
  file: FileHandle,
  entry: Entry,
  fields: readonly IpcField[],
  dictionaries: Dictionaries,
): Promise<(Column | null)[]> {
  const { scope, schema, wanted } = context
  const message = Table.root(await bytesAt(file, entry.at, entry.metadata))
  const batch = message.table(2) as Table
  // A packed body is read beside the pool, an unpacked one into it: its columns look at it there.
  const into = batch.has(3) ? Buffer.allocUnsafe(entry.body) : scope.allocate(Uint8Array, entry.body)
  const allocate: Allocate = (length) => scope.allocate(Uint8Array, length)
  const skipped = ({ name }: IpcField) => wanted?.has(name) === false
  const about: Message = { batch, version: message.short(0) }
  const pieces = wanted ? joined(placesOf(fields, about, entry.body, skipped)) : [[0, entry.body] as const]
  for (const [start, length] of pieces)
    await bytesAt(file, entry.at + entry.metadata + start, length, into.subarray(start, start + length))
  const arrays = loadArrays(fields, about, into, { allocate, dictionaries, skipped })
  return schema.fields.map(({ name, type }) => {
    if (wanted?.has(name) === false) return null
    const array = arrays[fields.findIndex((field) => field.name === name)]
    if (!array) return allNull(scope, type, entry.rows)
    if (array.length !== entry.rows)
      throw new RangeError(`column "${name}" has ${array.length} rows, its batch ${entry.rows}`)
    return columnFrom(scope, array)
  })
}

/** Places that follow one another closely as one: a read costs as much as some kilobytes. */
function joined(places: readonly (readonly [start: number, length: number])[]): [start: number, length: number][] {
  const found: [start: number, length: number][] = []
  for (const [start, length] of places) {
    const last = found.at(-1)
    const end = last ? last[0] + last[1] : 0
    if (last && start >= last[0] && start - end < 16 << 10) last[1] = Math.max(end, start + length) - last[0]
    else found.push([start, length])
  }
  return found
}

/** Rows `from` to `to` of a record batch as batches that share its memory. */
function* cut(
  context: Context,
  path: string,
  columns: readonly (Column | null)[],
  range: { from: number; to: number; first: number; rows: number; rowBytes: number },
): Generator<Batch> {
  const { scope } = context
  const { from, to, first, rows, rowBytes } = range
  // Whole bytes of the bitmaps, so that they need no copy.
  const most = Math.max(8, Math.min(batchRows, Math.floor(batchBytes / Math.max(1, rowBytes)) & ~7))
  if (rows === 0) return
  // Holds the memory while its parts go out one after the other.
  const all = context.batch(path, first - from, rows, columns).keep()
  for (let start = from; start < to; start += most) {
    const end = Math.min(to, start + most)
    const part = columns.map((column) => column && slice(scope, column, start, end))
    yield context.batch(path, first + start - from, end - start, part)
  }
  all.release()
}
