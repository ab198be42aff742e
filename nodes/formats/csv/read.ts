import { isAscii, isUtf8 } from 'node:buffer'
import type { Batch, Column, SourceContext, SourceReject, SplitPart } from '@headrace/runtime/sdk'
import { openBytes } from '../byte-stream.ts'
import { compressionOf } from '../compression.ts'
import { nullColumn, type ReadColumn } from './cells.ts'
import { columnReader } from './column.ts'
import { type ColumnPlan, csvProbe, type Dialect } from './dialect.ts'
import { readHead } from './head.ts'
import { extraNames, type Layout, layoutOf, partLayout } from './layout.ts'
import type { CsvMemory } from './memory.ts'
import type { Records } from './records.ts'
import { type Reading, type RecordPlace, rejectBytes, rejectRecord, rejectValue, undefinedBytes } from './rejects.ts'
import { Scanner } from './scanner.ts'
import { Window } from './window.ts'

/** A batch ends after this many bytes of text, rows or fields, whichever comes first: at most about 2 MB as columns. */
const batchBytes = 1 << 20
const batchRows = 8192
const batchFields = 1 << 18

type Context = SourceContext<unknown>
type Columns = readonly { readonly plan: ColumnPlan; readonly read: ReadColumn }[]

/** Reads a split of CSV files as batches; `chunkBytes` is how much is read at a time, and changes nothing else. */
export async function* readSplit(context: Context, chunkBytes = 1 << 20): AsyncGenerator<Batch> {
  const { columns, dialect } = csvProbe(context.probe.data)
  for (const part of context.split.parts) yield* readPart(context, part, columns, dialect, chunkBytes)
}

async function* readPart(
  context: Context,
  part: SplitPart,
  plans: readonly ColumnPlan[],
  given: Dialect,
  chunkBytes: number,
): AsyncGenerator<Batch> {
  const { path } = part
  const stream = await openBytes(context.resolve(path), path, part.start, part.end)
  const known = partLayout(part.data)
  const inPart = known ? { ...given, anyEncoding: false, encoding: known.encoding } : given
  // Thousands of small files must not cost megabytes of buffers each. Unpacked bytes are no fewer than rows.
  const bound = compressionOf(path) ? Number.POSITIVE_INFINITY : part.end - part.start + 1
  const window = new Window(stream, { dialect: inPart, origin: part.start, chunkBytes: Math.min(chunkBytes, bound) })
  try {
    const layout = known ?? (await layoutFromHead(context, window, path, inPart))
    if (layout === null) return
    const dialect = { ...given, encoding: layout.encoding, delimiter: layout.delimiter }
    const { width } = layout
    const reading = { path, window, dialect, width, maxRowBytes: context.maxRowBytes }
    const columns = plans.map((plan) => {
      const unread = context.wanted && !context.wanted.has(plan.name)
      return { plan, read: unread ? allNull(plan) : columnReader(plan, dialect) }
    })
    const scanner = new Scanner({
      delimiter: dialect.delimiter,
      quote: dialect.quote,
      nulls: dialect.nulls,
      textBytes: Math.min(batchBytes, bound),
      width,
      maxRows: Math.max(1, Math.min(batchRows, bound, Math.floor(batchFields / Math.max(1, width)))),
      maxBytes: context.maxRowBytes,
      blankIsRow: width === 1,
      record: part.firstRow,
      line: layout.line,
    })
    const { records } = scanner
    try {
      for (let ended = false; !ended; ) {
        context.signal.throwIfAborted()
        ended = await fillBatch(scanner, window)
        const batch = toBatch(context, reading, scanner, columns, layout)
        if (batch) yield batch
        scanner.drop(window)
        records.rows = 0
        records.bad = []
      }
    } finally {
      scanner.memory.close()
    }
  } finally {
    await window.leave()
  }
}

/** Takes a batch's records; true where the part ends with them. */
async function fillBatch(scanner: Scanner, window: Window): Promise<boolean> {
  const { records } = scanner
  while (!scanner.take(window, batchBytes)) {
    if (window.ended) return true
    if (records.skipping) scanner.drop(window)
    await window.fill(window.end - records.at)
  }
  return false
}

async function layoutFromHead(
  context: Context,
  window: Window,
  path: string,
  dialect: Dialect,
): Promise<Layout | null> {
  const probe = csvProbe(context.probe.data)
  const head = await readHead(window, dialect)
  if (dialect.header && head.names.length === 0 && !head.broken) return null
  const extra = extraNames(head, probe)
  if (extra.length) context.log('warn', `${path} has columns that are not read: ${extra.join(', ')}.`)
  const layout = layoutOf(head, window.encoding, probe, path)
  window.drop(head.body)
  return layout
}

const allNull =
  ({ type }: ColumnPlan): ReadColumn =>
  (cells, _, scope) =>
    nullColumn(type, cells.rows, scope)

/** Makes a batch of what was taken, rejects what is no row; null where no row is left. */
function toBatch(context: Context, reading: Reading, scanner: Scanner, columns: Columns, layout: Layout): Batch | null {
  const { records } = scanner
  const memory = scanner.filled(reading.window.bytes)
  const rejects: SourceReject[] = records.bad.map((bad) => rejectRecord(reading, bad))
  const ascii = isAscii(reading.window.bytes.subarray(0, records.at))
  if (!ascii) keepRows(records, badBytes(reading, records, columns, layout, rejects))
  let made = convert(context, reading, records, memory, columns, layout, ascii)
  if (made.failed.size > 0) {
    rejects.push(...made.failed.values())
    keepRows(records, new Set(made.failed.keys()))
    made = convert(context, reading, records, memory, columns, layout, ascii)
  }
  for (const reject of rejects.sort((a, b) => a.row - b.row)) context.reject(reject)
  const { rows, numbers } = records
  if (rows === 0) return null
  const first = numbers[0] as number
  const dense = numbers[rows - 1] === first + rows - 1
  return context.batch(reading.path, dense ? first : numbers.slice(0, rows), rows, made.columns)
}

function convert(
  { scope }: Context,
  reading: Reading,
  records: Records,
  memory: CsvMemory | null,
  columns: Columns,
  layout: Layout,
  ascii: boolean,
): { columns: Column[]; failed: Map<number, SourceReject> } {
  const { fields, width, rows } = records
  const { bytes } = reading.window
  const failed = new Map<number, SourceReject>()
  const cells = { bytes, fields, width, rows, ascii, memory }
  const made = columns.map(({ plan, read }, index) => {
    const place = layout.places ? (layout.places[index] as number) : index
    return read(cells, place, scope, (row) => {
      if (failed.has(row)) return
      const at = (row * width + place) * 2
      const start = (fields[at] as number) >> 2
      failed.set(row, rejectValue(reading, placeOf(records, row), plan, start, fields[at + 1] as number))
    })
  })
  return { columns: made, failed }
}

const placeOf = (records: Records, row: number): RecordPlace => ({
  record: records.numbers[row] as number,
  line: records.lines[row] as number,
  start: records.starts[row] as number,
  end: records.ends[row] as number,
})

/** Finds the rows with bytes that the encoding does not know, and adds their rejects. */
function badBytes(
  reading: Reading,
  records: Records,
  columns: Columns,
  layout: Layout,
  rejects: SourceReject[],
): Set<number> {
  const { bytes } = reading.window
  const { encoding } = reading.dialect
  const bad = new Set<number>()
  const isBad = encoding === 'latin1' ? null : (undefinedBytes(encoding) ?? ((part: Uint8Array) => !isUtf8(part)))
  if (!isBad?.(bytes.subarray(0, records.at))) return bad
  for (let row = 0; row < records.rows; row++) {
    if (!isBad(bytes.subarray(records.starts[row], records.ends[row]))) continue
    bad.add(row)
    const column = columns.find((_, index) => {
      const place = layout.places ? (layout.places[index] as number) : index
      const at = (row * records.width + place) * 2
      return place >= 0 && isBad(bytes.subarray((records.fields[at] as number) >> 2, records.fields[at + 1]))
    })
    rejects.push(rejectBytes(reading, placeOf(records, row), column?.plan.name))
  }
  return bad
}

/** Takes rows out of what was taken. */
function keepRows(records: Records, without: ReadonlySet<number>): void {
  if (without.size === 0) return
  const { fields, starts, ends, lines, numbers, width } = records
  let kept = 0
  for (let row = 0; row < records.rows; row++) {
    if (without.has(row)) continue
    fields.copyWithin(kept * width * 2, row * width * 2, (row + 1) * width * 2)
    for (const list of [starts, ends, lines, numbers]) list[kept] = list[row] as number
    kept++
  }
  records.rows = kept
}
