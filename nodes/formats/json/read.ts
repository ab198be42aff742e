import { isUtf8 } from 'node:buffer'
import type { Batch, SourceContext, SplitPart } from '@headrace/runtime/sdk'
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
  const { wanted } = context
  const rows = bare
    ? builderOf(columns[0]?.plan ?? { kind: 'text' }, 'value', unknown)
    : new ObjectBuilder('', columns, unknown, (name) => wanted !== undefined && !wanted.has(name))
  const width = columns.reduce((sum, { plan }) => sum + leaves(plan), 1)
  const most = Math.max(1, Math.min(batchRows, Math.floor(batchValues / width)))
  for (const part of context.split.parts) yield* readPart(context, part, { rows, bare, most, chunkBytes })
}

interface Reading {
  readonly rows: Builder
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
  const { bytes, found } = records
  const { count, starts, ends, wrong } = found
  const { rows, bare } = reading
  const allUtf8 = isUtf8(bytes.subarray(0, records.at))
  const numbers = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    const start = starts[row] as number
    const end = ends[row] as number
    const before = rows.length
    scanner.begin(bytes, start, end)
    const known = wrong.get(row)
    if (known) scanner.misread = { ...known, code: 'bad-json', at: start }
    else if (allUtf8 || isUtf8(bytes.subarray(start, end))) {
      if ((bare ? readInto(rows, scanner) : rows.read(scanner)) && scanner.ended()) {
        numbers[before] = number + row
        continue
      }
    } else scanner.misread = { code: 'bad-json', message: 'the text is not UTF-8', at: firstBadByte(bytes, start, end) }
    rows.cut(before)
    reject(context, records, path, row, number + row, { ...(scanner.misread as Misread), ...known })
  }
  const kept = rows.length
  if (kept === 0) return null
  const column = rows.finish(context.scope)
  const first = numbers[0] as number
  const dense = numbers[kept - 1] === first + kept - 1
  return context.batch(path, dense ? first : numbers.slice(0, kept), kept, bare ? [column] : column.children)
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
