import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  type Batch,
  bytesOf,
  type Column,
  columnOf,
  HeadraceError,
  type ProbeContext,
  type SourceContext,
  type SourceFile,
  type SourceProbe,
  type Split,
  type Static,
  slice,
  source,
  Type,
  timestamp,
  types,
} from '@headrace/runtime/sdk'
import { findFiles } from '../formats/files.ts'
import { partitionSettings, withPartitions } from '../formats/partitions.ts'
import { pathSummary, summaryOf } from '../formats/summary.ts'

const config = Type.Object({
  path: Type.Union([Type.String({ format: 'path' }), Type.Array(Type.String({ format: 'path' }))], {
    description: 'A folder, a pattern such as `docs/**/*.md`, a file, or a list of these.',
    examples: ['docs/**/*.md', ['notes', 'README.md']],
  }),
  ...partitionSettings,
  as: Type.Union([Type.Literal('text'), Type.Literal('bytes')], {
    default: 'text',
    description: 'What a file is read as: text (UTF-8, others are rejected) or bytes, in a column of that name.',
  }),
  maxSize: Type.Integer({
    default: 16 << 20,
    minimum: 0,
    description: 'The most bytes of a file; a larger one is rejected with its size.',
  }),
})

const splitFiles = 10_000
const splitBytes = 64 << 20
const batchFiles = 1024
const batchBytes = 2 << 20
/** Files opened at the same time. */
const atOnce = 32

/** Reads whole files, one row a file. */
export default source({
  title: 'Files',
  description: 'One row a file: its path, name, size, time of change, and its text or bytes.',
  config,
  summary: ({ path, as = 'text' }) => summaryOf(pathSummary(path), as),
  examples: [
    {
      title: 'A folder of texts',
      files: { 'notes/one.md': '# One', 'notes/two.md': 'größer' },
      config: { path: 'notes/*.md' },
    },
    {
      title: 'A file that is too large is rejected',
      files: { 'in/large.txt': 'more than four bytes', 'in/small.txt': 'ok' },
      config: { path: 'in', maxSize: 4 },
      rejected: 1,
    },
  ],
  pathColumn: 'path',
  ...withPartitions({ probe: probeFiles, read: readFiles }),
  splits: async ({ probe, target }) => {
    const splits: Split[] = []
    let files: SourceFile[] = []
    let bytes = 0
    const close = () => {
      const parts = files.map(({ path, size }) => ({ path, start: 0, end: size, firstRow: 1, rows: 1 }))
      if (parts.length) splits.push({ parts, rows: parts.length, bytes })
      files = []
      bytes = 0
    }
    for (const file of probe.files) {
      if (files.length === splitFiles || (files.length > 0 && bytes + file.size > (target?.bytes ?? splitBytes)))
        close()
      files.push(file)
      bytes += file.size
    }
    close()
    return splits
  },
  // A file is mended in its place and read again.
  rejoin: async ({ probe, rows }) =>
    rows.map(({ path, row }) => {
      const size = probe.files.find((file) => file.path === path)?.size ?? 0
      return { part: { path, start: 0, end: size, firstRow: row } }
    }),
})

type Context = SourceContext<Static<typeof config>>

async function probeFiles({
  config: { path, as },
  folder,
  resolve,
  report,
}: ProbeContext<Static<typeof config>>): Promise<SourceProbe> {
  return {
    columns: [
      { name: 'path', type: types.string },
      { name: 'name', type: types.string },
      { name: 'size', type: types.int64 },
      { name: 'modified', type: timestamp('us', 'UTC') },
      as === 'text' ? { name: 'text', type: types.string } : { name: 'bytes', type: types.binary },
    ],
    files: await findFiles({ path, folder, resolve, report }),
  }
}

interface Content {
  readonly file: SourceFile
  readonly bytes: Buffer
}

async function* readFiles(context: Context): AsyncGenerator<Batch> {
  const known = new Map(context.probe.files.map((file) => [file.path, file]))
  let group: SourceFile[] = []
  let bytes = 0
  for (const { path } of context.split.parts) {
    const file = known.get(path) as SourceFile
    if (file.size > context.config.maxSize || file.size > context.maxRowBytes) {
      const most = Math.min(context.config.maxSize, context.maxRowBytes)
      reject(context, file, 'too-large', `the file has ${file.size} bytes; maxSize is ${most}.`)
      continue
    }
    if (group.length === batchFiles || (group.length > 0 && bytes + file.size > batchBytes)) {
      yield* passOn(await readGroup(context, group))
      group = []
      bytes = 0
    }
    group.push(file)
    bytes += file.size
  }
  if (group.length) yield* passOn(await readGroup(context, group))
}

/** Each batch is kept until its turn is over: they all look at memory that the group shares. */
function* passOn(batches: readonly Kept[]): Generator<Batch> {
  for (const batch of batches) {
    yield batch
    batch.release()
  }
}

type Kept = ReturnType<Batch['keep']>

async function readGroup(context: Context, files: readonly SourceFile[]): Promise<Kept[]> {
  const contents: Content[] = []
  const asText = context.config.as === 'text'
  for (let start = 0; start < files.length; start += atOnce) {
    context.signal.throwIfAborted()
    const some = files.slice(start, start + atOnce)
    const read = await Promise.all(some.map((file) => readWhole(context, file)))
    for (const [i, bytes] of read.entries()) {
      const file = some[i] as SourceFile
      if (asText && !isUtf8(bytes)) reject(context, file, 'bad-text', 'the file is not UTF-8 text.', bytes)
      else contents.push({ file, bytes: asText ? withoutMark(bytes) : bytes })
    }
  }
  return toBatches(context, contents)
}

async function readWhole(context: Context, { path, size }: SourceFile): Promise<Buffer> {
  try {
    const handle = await open(context.resolve(path))
    try {
      // Not a byte more than the file had when the run was planned, however it grows meanwhile.
      const bytes = Buffer.allocUnsafe(size)
      let read = 0
      for (let more = 1; read < size && more > 0; read += more) {
        more = (await handle.read(bytes, read, size - read, read)).bytesRead
      }
      return bytes.subarray(0, read)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw new HeadraceError('unreadable', `${path} cannot be read: ${(cause as Error).message}.`, {
      place: { file: path },
      cause,
    })
  }
}

const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

/** A row's identity is its file and row 1, so each batch has one row; its columns look into the group's. */
function toBatches(context: Context, contents: readonly Content[]): Kept[] {
  const { scope, config } = context
  if (contents.length === 0) return []
  const files = contents.map(({ file }) => file)
  const parts = contents.map(({ bytes }) => bytes)
  const columns: Column[] = [
    columnOf(
      scope,
      types.string,
      files.map(({ path }) => path),
    ),
    columnOf(
      scope,
      types.string,
      files.map(({ path }) => basename(path)),
    ),
    columnOf(
      scope,
      types.int64,
      parts.map((_, i) => BigInt(files[i]?.size ?? 0)),
    ),
    columnOf(
      scope,
      timestamp('us', 'UTC'),
      files.map(({ modified }) => BigInt(modified) * 1000n),
    ),
    {
      type: config.as === 'text' ? types.string : types.binary,
      length: parts.length,
      nulls: 0,
      validity: null,
      ...bytesOf(scope, parts),
      children: [],
    },
  ]
  return files.map(({ path }, row) => {
    const one = columns.map((column) => slice(scope, column, row, row + 1))
    return context.batch(path, 1, 1, one).keep()
  })
}

function reject(context: Context, file: SourceFile, code: string, message: string, bytes?: Buffer): void {
  const raw = bytes?.toString('utf8', 0, 64 << 10) ?? ''
  context.reject({ path: file.path, row: 1, raw, code, message: `${file.path}: ${message}` })
}
