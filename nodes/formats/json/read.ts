import { isUtf8 } from 'node:buffer'
import {
  type Batch,
  type Column,
  concat,
  gather,
  type Scope,
  type SourceContext,
  type SplitPart,
} from '@headrace/runtime/sdk'
import { type KernelRows, kernelRows, mostBytes } from './kernel/rows.ts'
import { builderOf, ObjectBuilder } from './nested.ts'
import { jsonProbe, leaves } from './plan.ts'
import { longestRaw, Records } from './records.ts'
import { type Builder, readInto } from './rows.ts'
import { type Misread, Scanner } from './scanner.ts'
import { partData } from './splits.ts'

/** A batch ends after this many bytes of JSON, rows or values, whichever comes first. */
const batchBytes = 1 << 20
const batchRows = 8192
const batchValues = 1 << 18

type Context = SourceContext<unknown>

/** Reads a split of JSON files as batches; `chunkBytes` is how much is read at a time, and changes nothing else. */
export async function* readSplit(context: Context, chunkBytes = 1 << 20): AsyncGenerator<Batch> {
  const { columns, bare } = jsonProbe(context.probe.data)
  const unknown = unknownNames(context)
  const wanted = (name: string): boolean => context.wanted?.has(name) ?? true
  const rows = bare
    ? builderOf(columns[0]?.plan ?? { kind: 'text' }, 'value', unknown)
    : new ObjectBuilder('', columns, unknown, (name) => !wanted(name))
  const width = columns.reduce((sum, { plan }) => sum + leaves(plan), 1)
  const most = Math.max(1, Math.min(batchRows, Math.floor(batchValues / width)))
  const kernel = kernelRows(columns, { bare, most, wanted })
  const reading: Reading = { rows, kernel, bare, most, chunkBytes }
  try {
    for (const part of context.split.parts) yield* readPart(context, part, reading)
  } finally {
    kernel?.close()
  }
}

interface Reading {
  readonly rows: Builder
  /** Null where the scanner reads every row. */
  kernel: KernelRows | null
  readonly bare: boolean
  readonly most: number
  readonly chunkBytes: number
}

async function* readPart(context: Context, part: SplitPart, reading: Reading): AsyncGenerator<Batch> {
  const { path, start, end } = part
  const range = { ...partData(part), start, end }
  const { chunkBytes, most } = reading
  const options = { chunkBytes, maxRowBytes: context.maxRowBytes }
  const records = await Records.open(context.resolve(path), path, range, options)
  try {
    for (let number = part.firstRow; await records.take(most, batchBytes); number += records.found.count) {
      context.signal.throwIfAborted()
      const batch = toBatch(context, records, path, number, reading)
      if (batch) yield batch
    }
  } finally {
    await records.close()
  }
}

const scanner = new Scanner()

/** Makes a batch of the rows that were found, from row `number`, and rejects what is none; null where no row is left. */
function toBatch(context: Context, records: Records, path: string, number: number, reading: Reading): Batch | null {
  const { count, starts, ends, wrong } = records.found
  const text = records.bytes.subarray(0, records.at)
  const allUtf8 = isUtf8(text)
  const kernel = allUtf8 && text.length <= mostBytes ? reading.kernel : null
  kernel?.begin(text, starts, ends, count)
  if (kernel) for (const row of wrong.keys()) kernel.leave(row)
  const kept = new Int32Array(count)
  let length = 0
  /** Which of the rows kept the scanner read, not the kernel. */
  const scanned: number[] = []
  for (let row = 0; row < count; row++) {
    const stop = kernel ? kernel.read(row) : row
    while (row < stop) kept[length++] = row++
    if (row === count) break
    const misread = scanRow(records, row, allUtf8, reading)
    if (misread) reject(context, records, path, row, number + row, misread)
    else {
      scanned.push(length)
      kept[length++] = row
    }
  }
  if (length === 0) return null
  const columns = columnsOf(context.scope, kernel, scanned, length, reading)
  // Rows that are read twice cost more than the kernel gains.
  if (scanned.length > count / 4) reading.kernel = null
  const first = number + (kept[0] as number)
  const dense = (kept[length - 1] as number) - (kept[0] as number) === length - 1
  const numbers = dense ? first : Float64Array.from(kept.subarray(0, length), (row) => number + row)
  return context.batch(path, numbers, length, columns)
}

/** What the kernel and the scanner have read, in the rows' order. */
function columnsOf(
  scope: Scope,
  kernel: KernelRows | null,
  scanned: readonly number[],
  length: number,
  { rows, bare }: Reading,
): readonly Column[] {
  if (kernel && scanned.length === 0) return kernel.finish(scope)
  const column = rows.finish(scope)
  const others = bare ? [column] : column.children
  const first = length - scanned.length
  if (!kernel || first === 0) return others
  const order = new Int32Array(length)
  for (let row = 0, at = 0; row < length; row++) order[row] = scanned[at] === row ? first + at++ : row - at
  return kernel.finish(scope).map((one, i) => gather(scope, concat(scope, one.type, [one, others[i] as Column]), order))
}

/** Reads a row into the builder; gives why it cannot. */
function scanRow(
  { bytes, found }: Records,
  row: number,
  allUtf8: boolean,
  { rows, bare }: Reading,
): (Pick<Misread, 'at' | 'column'> & { code: string; message: string }) | null {
  const start = found.starts[row] as number
  const end = found.ends[row] as number
  const wrong = found.wrong.get(row)
  if (wrong) return { ...wrong, at: start }
  if (!allUtf8 && !isUtf8(bytes.subarray(start, end)))
    return { code: 'bad-json', message: 'the text is not UTF-8', at: firstBadByte(bytes, start, end) }
  const before = rows.length
  scanner.begin(bytes, start, end)
  if ((bare ? readInto(rows, scanner) : rows.read(scanner)) && scanner.ended()) return null
  rows.cut(before)
  return scanner.misread
}

function reject(
  context: Context,
  { bytes, found }: Records,
  path: string,
  row: number,
  number: number,
  misread: { code: string; message: string; at: number; column?: string },
): void {
  const start = found.starts[row] as number
  const end = found.ends[row] as number
  const before = bytes.subarray(start, misread.at)
  const line = (found.lines[row] as number) + before.reduce((lines, byte) => lines + (byte === 10 ? 1 : 0), 0)
  const byte = (found.places[row] as number) + misread.at - start
  const { column, code } = misread
  const where = column ? `line ${line}, column "${column}"` : `line ${line}, byte ${byte}`
  context.reject({
    path,
    row: number,
    line,
    byte,
    raw: bytes.toString('utf8', start, Math.min(end, start + longestRaw)),
    code,
    message: `${path} ${where}: ${misread.message.replace(/\.$/, '')}.`,
    ...(column && { column }),
  })
}

/** Where text stops to be UTF-8, by halving. */
function firstBadByte(bytes: Buffer, start: number, end: number): number {
  let good = start
  let bad = end
  while (bad - good > 4) {
    const middle = (good + bad) >> 1
    // A character may be cut in two at the middle: up to three bytes less are then good.
    const whole = [0, 1, 2, 3].some((less) => middle - less > good && isUtf8(bytes.subarray(start, middle - less)))
    if (whole) good = middle - 3 > good ? middle - 3 : middle
    else bad = middle
  }
  return good
}

/** Counts the names that no column takes and says each once. */
function unknownNames(context: Context): (name: string) => void {
  const said = new Set<string>()
  return (name) => {
    context.count('unknownNames', 1)
    if (said.size >= 20 || said.has(name)) return
    said.add(name)
    context.log(
      'warn',
      `"${name}" came up in no row of the sample and is not read. Name its type in "types" to read it.`,
    )
  }
}
