import {
  Batch,
  byteLength,
  gather,
  type Input,
  type Receipt,
  type Schema,
  type SinkWriteContext,
} from '@headrace/runtime/sdk'
import { stagePart } from './disk.ts'
import { columnsInFiles, partitionsOf } from './partition.ts'

/** A complete file of the format inside of a staged file, half open: the rows of one partition that follow one another. */
export type Segment = readonly [partition: string, start: number, end: number, rows: number]

/** Where a part's bytes go. They are copied, or written, before the promise is kept. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>

/** Writes one complete file of a format, batch by batch. */
export interface PartWriter {
  readonly add: (batch: Batch) => Promise<void>
  /** Bytes so far: written, and what is gathered as it may become. */
  readonly bytes: () => number
  /** Writes the rest. */
  readonly end: () => Promise<void>
  readonly close: () => void
}

/** How a format's parts are written. */
export interface PartFormat {
  readonly ending: string
  /** `little`: many are open at once, each with few rows. */
  readonly open: (schema: Schema, write: WriteBytes, room: 'much' | 'little') => Promise<PartWriter>
  /** Says what was noticed in the whole split. */
  readonly ended?: () => void
}

/**
 * Stages a split's rows: one file with complete files of the format in it, cut at `partSize`, one or more a partition.
 * `lasting`: it is on disk before the lane goes on.
 */
export async function stageSegments<C>(
  context: SinkWriteContext<C>,
  format: PartFormat,
  {
    partSize,
    partitionBy,
    lasting,
  }: { readonly partSize: number; readonly partitionBy: readonly string[]; readonly lasting: boolean },
): Promise<Receipt> {
  const file = context.stage(format.ending)
  const part = stagePart(context.disk, file, { lasting })
  const segments: Segment[] = []
  let position = 0
  const staged = {
    write: async (bytes: Uint8Array) => {
      await part.write(bytes)
      position += bytes.length
    },
    end: (partition: string, start: number, rows: number) => void segments.push([partition, start, position, rows]),
    position: () => position,
  }
  try {
    if (partitionBy.length) await writePartitions(context.input, format, staged, partitionBy, partSize)
    else await writeParts(context.input, format, staged, partSize)
    format.ended?.()
    const bytes = await part.close()
    const rows = segments.reduce((sum, [, , , count]) => sum + count, 0)
    return { rows, bytes, files: rows ? [file] : [], data: { split: context.splitIndex, segments } }
  } catch (error) {
    await part.discard()
    throw error
  }
}

interface Staged {
  readonly write: WriteBytes
  readonly end: (partition: string, start: number, rows: number) => void
  readonly position: () => number
}

async function writeParts(input: Input, format: PartFormat, staged: Staged, partSize: number): Promise<void> {
  let writer: PartWriter | null = null
  let start = 0
  let rows = 0
  const end = async () => {
    await writer?.end()
    writer?.close()
    writer = null
    if (rows) staged.end('', start, rows)
    rows = 0
  }
  try {
    for await (const batch of input) {
      for (const piece of pieces(batch, partSize)) {
        if (!writer) {
          start = staged.position()
          writer = await format.open(input.schema, staged.write, 'much')
        }
        await writer.add(piece)
        rows += piece.rows
        if (writer.bytes() >= partSize) await end()
      }
    }
    await end()
  } finally {
    // `await end()` above has closed it, but for an error.
    const left = writer as PartWriter | null
    left?.close()
  }
}

/** A batch in pieces that are small beside a part, so that parts end near their size. */
function* pieces(batch: Batch, partSize: number): Generator<Batch> {
  if (batch.rows === 0) return
  // To look at the columns would copy those of a selection.
  if (partSize === Number.POSITIVE_INFINITY) return yield batch
  const bytes = batch.columns.reduce((sum, column) => sum + byteLength(column), 0)
  const count = Math.min(batch.rows, Math.max(1, Math.ceil((bytes * 4) / partSize)))
  if (count === 1) yield batch
  else
    for (let i = 0; i < count; i++) {
      const [start, end] = [Math.floor((batch.rows * i) / count), Math.floor((batch.rows * (i + 1)) / count)]
      if (end > start) yield batch.slice(start, end)
    }
}

/** So many partitions of a split are open at once, and so many bytes wait in them: then all are written out. */
const mostOpen = 4096
const mostWaiting = 24 << 20

interface Open {
  readonly writer: PartWriter
  readonly chunks: Uint8Array[]
  rows: number
  bytes: number
}

async function writePartitions(
  input: Input,
  format: PartFormat,
  staged: Staged,
  partitionBy: readonly string[],
  partSize: number,
): Promise<void> {
  const schema = columnsInFiles(input.schema, partitionBy)
  const at = schema.fields.map(({ name }) => input.schema.indexOf(name))
  const open = new Map<string, Open>()
  let waiting = 0
  const flush = async (partition: string, { writer, chunks, rows, bytes }: Open) => {
    open.delete(partition)
    waiting -= bytes
    await writer.end()
    writer.close()
    const start = staged.position()
    for (const chunk of chunks) await staged.write(chunk)
    staged.end(partition, start, rows)
  }
  const begin = async (partition: string): Promise<Open> => {
    const chunks: Uint8Array[] = []
    const keep = async (bytes: Uint8Array) => void chunks.push(bytes.slice())
    const one = { writer: await format.open(schema, keep, 'little'), chunks, rows: 0, bytes: 0 }
    open.set(partition, one)
    return one
  }
  try {
    for await (const batch of input) {
      for (const [partition, rows] of grouped(partitionsOf(batch, partitionBy))) {
        const one = open.get(partition) ?? (await begin(partition))
        const columns = at.map((i) => gather(batch.scope, batch.column(i), rows))
        await one.writer.add(new Batch(batch.scope, schema, columns, batch.identity.take(rows)))
        one.rows += rows.length
        waiting -= one.bytes
        one.bytes = one.writer.bytes()
        waiting += one.bytes
        if (one.bytes >= partSize) await flush(partition, one)
        if (open.size >= mostOpen || waiting >= mostWaiting) for (const some of open) await flush(...some)
      }
    }
    for (const some of open) await flush(...some)
  } finally {
    for (const { writer } of open.values()) writer.close()
  }
}

/** The rows of each partition, partitions in the order in which they come. */
function grouped(partitions: readonly string[]): Map<string, Int32Array> {
  const rows = new Map<string, number[]>()
  for (const [row, partition] of partitions.entries()) {
    const some = rows.get(partition)
    if (some) some.push(row)
    else rows.set(partition, [row])
  }
  return new Map([...rows].map(([partition, some]) => [partition, Int32Array.from(some)]))
}
