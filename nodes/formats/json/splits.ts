import type { Json, RawRow, Rejoined, SourceFile, SourceProbe, Split, SplitPart } from '@headrace/runtime/sdk'
import { openBytes } from '../byte-stream.ts'
import { compressionOf } from '../compression.ts'
import { type Limits, type Piece, packSplits, splitLimits } from '../splits.ts'
import { countLines } from './count.ts'
import type { Form } from './found.ts'
import { formOf } from './probe.ts'
import { Records } from './records.ts'

/** What a part must know besides its range. */
export interface PartData {
  readonly form: Form
  readonly line: number
  readonly last: boolean
}

// A cast: plain JSON on its way through the engine, made below.
export const partData = (part: SplitPart): PartData => part.data as unknown as PartData

/**
 * Cuts files into ranges of whole rows and counts them, so that each range knows its first row's number. Compressed
 * files can only be read from their start: they stay whole and are not counted. Small files and rests share a split.
 */
export async function cutSplits(
  context: { probe: SourceProbe; resolve: (path: string) => string; signal: AbortSignal },
  limits: Limits = splitLimits,
): Promise<Split[]> {
  const splits = packSplits(limits)
  const { files } = context.probe
  for (let start = 0; start < files.length; start += atOnce) {
    context.signal.throwIfAborted()
    const some = files.slice(start, start + atOnce)
    const cut = await Promise.all(some.map((file) => cutFile(file, context.resolve(file.path), limits)))
    for (const piece of cut.flat()) splits.add(piece)
  }
  return splits.finish()
}

const atOnce = 16

/** How many files a whole is made of at most: each must be opened once to see how it is written. */
const mostWhole = 100

/** Every file from its start to its end, not counted. */
export async function wholeFiles(context: { probe: SourceProbe; resolve: (path: string) => string }): Promise<Split> {
  const full = context.probe.files.filter(({ size }) => size > 0).slice(0, mostWhole)
  const parts = await Promise.all(
    full.map(async (file) => {
      const form = await formOf(context.resolve(file.path), file)
      return { path: file.path, start: 0, end: file.size, firstRow: 1, data: asJson({ form, line: 1, last: true }) }
    }),
  )
  return { parts, bytes: full.reduce((sum, { size }) => sum + size, 0) }
}

/** Says how rejected rows are read again: each as a line of its own, also one that was an item of an array. */
export const rejoinRows = (rows: readonly RawRow[]): Rejoined[] =>
  rows.map(({ raw, line }) => ({
    // No text of JSON goes over a line's end, so that a line's end is blank space.
    text: raw.replace(/[\r\n]+/g, ' '),
    data: asJson({ form: 'lines', line: line ?? 1, last: true }),
  }))

async function cutFile(file: SourceFile, path: string, limits: Limits): Promise<Piece[]> {
  const { size } = file
  if (size === 0) return []
  const form = await formOf(path, file)
  if (compressionOf(path)) {
    const part = { path: file.path, start: 0, end: size, firstRow: 1, data: asJson({ form, line: 1, last: true }) }
    // A compressed text is about four times as long.
    return [{ part, rows: null, bytes: size * 4 }]
  }
  const pieces: Piece[] = []
  const plain = form === 'lines' ? await countPlain(file, path, limits, pieces) : { place: 0, firstRow: 1 }
  return plain.place === size ? pieces : [...pieces, ...(await countRows(file, path, form, limits, plain))]
}

/** Adds the pieces of a file up to where a line might be no row, or to its end: each line up to there is a row. */
async function countPlain(
  { path: name, size }: SourceFile,
  path: string,
  limits: Limits,
  pieces: Piece[],
): Promise<{ place: number; firstRow: number }> {
  const stream = await openBytes(path, name, 0, size)
  try {
    const { ranges, place } = await countLines(stream, size, limits)
    let firstRow = 1
    for (const { start, end, rows } of ranges) {
      const data = asJson({ form: 'lines', line: firstRow, last: end === size })
      pieces.push({ part: { path: name, start, end, firstRow, data }, rows, bytes: end - start })
      firstRow += rows
    }
    return { place, firstRow }
  } finally {
    await stream.close()
  }
}

/** The pieces of a file from a row on that begins a line, or of all of it. */
async function countRows(
  file: SourceFile,
  path: string,
  form: Form,
  limits: Limits,
  { place, firstRow: first }: { readonly place: number; readonly firstRow: number },
): Promise<Piece[]> {
  const { size } = file
  // To be counted, a long row need not be kept.
  const range = { form, start: place, end: size, line: first, last: true }
  const records = await Records.open(path, file.path, range, { maxRowBytes: 4 << 20 })
  try {
    const pieces: Piece[] = []
    let firstRow = first
    for (;;) {
      const start = records.place
      const { line } = records
      let rows = 0
      let more = true
      while (more && rows < limits.rows && records.place - start < limits.bytes) {
        more = await records.pass(
          Math.min(8192, limits.rows - rows),
          Math.min(1 << 20, limits.bytes - (records.place - start)),
        )
        rows += records.found.count
      }
      const end = more ? records.place : size
      if (rows > 0) {
        const data = asJson({ form, line, last: end === size })
        pieces.push({ part: { path: file.path, start, end, firstRow, data }, rows, bytes: end - start })
        firstRow += rows
      }
      if (!more) return pieces
    }
  } finally {
    await records.close()
  }
}

const asJson = (data: PartData): Json => data as unknown as Json
