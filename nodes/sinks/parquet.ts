import {
  type ColumnType,
  type Field,
  type Json,
  type ProbeContext,
  Schema,
  sink,
  Type,
  types,
} from '@headrace/runtime/sdk'
import { columnsInFiles } from '../formats/output/partition.ts'
import {
  checkParts,
  type OutputConfig,
  openFileOutput,
  outputSettings,
  partBytes,
  probeOutput,
  writeFileOutput,
} from '../formats/output.ts'
import { refineByArrow } from '../formats/parquet/arrow-types.ts'
import { columnsDiffer, parquetAssembler } from '../formats/parquet/assembler.ts'
import { writesItself } from '../formats/parquet/encode.ts'
import { readFooter } from '../formats/parquet/footer.ts'
import { parquetParts } from '../formats/parquet/part.ts'
import { columnsOf } from '../formats/parquet/schema.ts'
import { shortPath, summaryOf } from '../formats/summary.ts'

/** As DuckDB's groups have: of a split that is one of these, fewer rows made two groups, each with dictionaries of its own. */
const usualGroupRows = 122_880

const config = Type.Object({
  ...outputSettings('.parquet'),
  compression: Type.Optional(
    Type.Union(
      [Type.Literal('zstd'), Type.Literal('snappy'), Type.Literal('gzip'), Type.Literal('lz4'), Type.Literal('none')],
      { default: 'zstd', description: 'How pages are compressed. zstd is small and quick; snappy is read everywhere.' },
    ),
  ),
  rowGroupRows: Type.Optional(
    Type.Integer({
      default: usualGroupRows,
      minimum: 1,
      maximum: 10_000_000,
      description: 'Most rows of a row group. A group also ends with its split, and at about 32 MB.',
    }),
  ),
})

/** Writes rows to Parquet: one file in source order, or a folder of parts. */
export default sink({
  title: 'Parquet',
  description: 'Writes rows to a Parquet file; types are kept, a vector is a list of fixed size.',
  config,
  summary: ({ path, compression = 'zstd' }) => summaryOf(shortPath(path), compression !== 'none' && compression),
  // For row groups of 32 MB. parquet-wasm writes what our own encoder does not (structs, snappy, lz4): a worker's WebAssembly
  // memory never shrinks and has been as large as such a group once asked for.
  footprint: ({ config: { compression = 'zstd', partitionBy }, input }) =>
    input && writesItself(columnsInFiles(input, partitionBy).fields, compression)
      ? { name: 'row groups', bytes: 0, perWorker: 150 << 20, copies: 4 }
      : { name: 'parquet-wasm', bytes: 60 << 20, perWorker: 150 << 20, copies: 4 },
  examples: [
    {
      title: 'One file',
      config: { path: 'out/cities.parquet' },
      input: [
        { name: 'city', type: types.string },
        { name: 'vector', type: { kind: 'fixed', item: types.float32, size: 2 } },
      ],
      rows: [
        { city: 'Zürich', vector: [0.5, 1] },
        { city: null, vector: null },
      ],
    },
    {
      title: 'Parts in a folder, for programs that read only snappy',
      config: { path: 'out/numbers/', compression: 'snappy', rowGroupRows: 10_000 },
      input: [{ name: 'n', type: types.int64 }],
      rows: [{ n: 1n }],
    },
  ],
  probe: async (context) => {
    await probeOutput(context, '.parquet')
    return probeExisting(context)
  },
  columns({ config: settings, input, probe, report }) {
    for (const { name, type } of input.fields) {
      if (!hasEmptyStruct(type)) continue
      report({
        code: 'unwritable-column',
        message: `column "${name}" has a struct without fields, which Parquet cannot hold.`,
        hint: 'Leave it out with a select before this node.',
        setting: 'path',
      })
    }
    checkParts(settings, input, report)
    // A cast: `probeExisting` made it.
    const existing = probe as unknown as readonly Field[] | null
    const why = existing && columnsDiffer(new Schema(existing), input)
    if (!why) return
    report({
      code: 'columns-differ',
      message: `rows cannot be added to ${settings.path}: ${why}.`,
      hint: 'Give the rows the same columns with a select, or set ifExists to "replace".',
      setting: 'ifExists',
    })
  },
  open: (context) =>
    openFileOutput(context, {
      ending: '.parquet',
      assembler: parquetAssembler(
        context.disk,
        columnsInFiles(context.schema, context.config.partitionBy),
        context.config.compression ?? 'zstd',
      ),
    }),
  write: (context) =>
    writeFileOutput(
      context,
      parquetParts({
        codec: context.config.compression ?? 'zstd',
        groupRows: context.config.rowGroupRows ?? usualGroupRows,
        groupBytes: partBytes(context.config),
      }),
    ),
})

/** The columns of the file that rows will be added to; null where there is none. */
async function probeExisting({ config, resolve, report }: ProbeContext<OutputConfig>): Promise<Json> {
  if (config.ifExists !== 'append' || config.path.endsWith('/')) return null
  try {
    const footer = await readFooter(resolve(config.path), config.path)
    // A cast: fields are plain JSON without an index signature.
    return (await refineByArrow(columnsOf(footer.schema), footer)) as unknown as Json
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string }
    if (code !== 'ENOENT' && code !== 'EISDIR') report({ code: 'bad-output', message, setting: 'path' })
    return null
  }
}

function hasEmptyStruct(type: ColumnType): boolean {
  if (type.kind === 'list' || type.kind === 'fixed') return hasEmptyStruct(type.item)
  return type.kind === 'struct' && (type.fields.length === 0 || type.fields.some((field) => hasEmptyStruct(field.type)))
}
