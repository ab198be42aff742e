import type { Json, SourceFile, SourceProbe, Split } from '@headrace/runtime/sdk'
import { openBytes } from '../byte-stream.ts'
import { compressionOf } from '../compression.ts'
import { type Limits, type Piece, packSplits, splitLimits } from '../splits.ts'
import { RecordCounter } from './count.ts'
import { type CsvProbe, csvProbe } from './dialect.ts'
import { readHead } from './head.ts'
import { type Layout, layoutOf } from './layout.ts'
import { Records } from './records.ts'
import { Window } from './window.ts'

const atOnce = 16

/**
 * Cuts files into byte ranges that begin on records, quoted newlines or not, and counts records, so that each range
 * knows its first row's number. Files that are compressed or UTF-16 can only be read from their start: they stay whole,
 * and are not looked into. Small files and rests of large ones share a split.
 */
export async function cutSplits(
  context: { probe: SourceProbe; resolve: (path: string) => string; signal: AbortSignal },
  limits: Limits = splitLimits,
  chunkBytes = 1 << 20,
): Promise<Split[]> {
  const probe = csvProbe(context.probe.data)
  const splits = packSplits(limits)
  const { files } = context.probe
  for (let start = 0; start < files.length; start += atOnce) {
    context.signal.throwIfAborted()
    const some = files.slice(start, start + atOnce)
    const cut = await Promise.all(some.map((file) => cutFile(file, context.resolve, probe, limits, chunkBytes)))
    for (const piece of cut.flat()) splits.add(piece)
  }
  return splits.finish()
}

/** Every file from its start to its end, not looked into. */
export function wholeFiles({ files }: SourceProbe): Split {
  const full = files.filter(({ size }) => size > 0)
  const parts = full.map(({ path, size }) => ({ path, start: 0, end: size, firstRow: 1 }))
  return { parts, bytes: full.reduce((sum, { size }) => sum + size, 0) }
}

async function cutFile(
  file: SourceFile,
  resolve: (path: string) => string,
  probe: CsvProbe,
  limits: Limits,
  chunkBytes: number,
): Promise<Piece[]> {
  const { path, size } = file
  if (size === 0) return []
  const whole = { path, start: 0, end: size, firstRow: 1 }
  // A compressed text is about four times as long.
  if (compressionOf(path)) return [{ part: whole, rows: null, bytes: size * 4 }]
  const stream = await openBytes(resolve(path), path, 0, size)
  const window = new Window(stream, { dialect: probe.dialect, chunkBytes: Math.min(chunkBytes, size + 1) })
  try {
    const head = await readHead(window, probe.dialect)
    if (window.encoding.startsWith('utf-16')) return [{ part: whole, rows: null, bytes: size }]
    if (head.names.length === 0 && probe.dialect.header && !head.broken) return []
    return await cutBody(window, layoutOf(head, window.encoding, probe, path), head.body, file, probe, limits)
  } finally {
    await window.leave()
  }
}

async function cutBody(
  window: Window,
  layout: Layout,
  body: number,
  file: SourceFile,
  probe: CsvProbe,
  limits: Limits,
): Promise<Piece[]> {
  const { delimiter, width, line } = layout
  const how = { rows: limits.rows, delimiter, quote: probe.dialect.quote, blankIsRow: width === 1 }
  // A line without a quote is a record, however long: nothing of it need be kept to count it.
  const counting = { width: 0, maxRows: limits.rows, maxBytes: 4 << 20 }
  const records = new Records({ ...how, ...counting, line })
  records.at = body
  const counter = new RecordCounter(records, how)
  const pieces: Piece[] = []
  try {
    for (;;) {
      const start = window.byteAt(records.at)
      const firstRow = records.record
      const data = { ...layout, line: records.line } as unknown as Json
      records.rows = 0
      const ended = await takeUpTo(window, counter, records, start + limits.bytes, limits.rows)
      const end = window.byteAt(records.at)
      const rows = records.record - firstRow
      if (rows > 0) {
        const part = { path: file.path, start, end, firstRow, data }
        pieces.push({ part, rows, bytes: end - start })
      }
      if (ended) return pieces
    }
  } finally {
    counter.close()
  }
}

/** Takes records up to a place in the file or a number of rows; true at the end of the file. */
async function takeUpTo(
  window: Window,
  counter: RecordCounter,
  records: Records,
  place: number,
  rows: number,
): Promise<boolean> {
  for (;;) {
    const stop = place - window.byteAt(0)
    counter.take(window.bytes, window.end, window.ended, stop)
    if (window.ended && records.at >= window.end) return true
    if (!records.skipping && (records.rows >= rows || records.at >= stop)) return false
    window.drop(records.at)
    records.at = 0
    if (!window.ended) await window.fill(window.end)
  }
}
