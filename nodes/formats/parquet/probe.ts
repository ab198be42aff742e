import {
  type Field,
  type Header,
  HeadraceError,
  nearest,
  type ProbeContext,
  type Report,
  type SourceFile,
  type SourceProbe,
  sameType,
  typeName,
} from '@headrace/runtime/sdk'
import { findFiles } from '../files.ts'
import { headersOf } from '../headers.ts'
import { partitionsIn } from '../partitions.ts'
import { refineByArrow } from './arrow-types.ts'
import { type Footer, logicalType, readFooter, type SchemaNode } from './footer.ts'
import { columnsOf } from './schema.ts'

export interface ParquetConfig {
  readonly path: string | readonly string[]
  readonly columns?: readonly string[]
}

/** What the probe leaves for `splits` and `read`. */
export interface ParquetProbe {
  /** In the order of `SourceProbe.files`: each file's row groups as rows and bytes, and where its columns stand. */
  readonly files: readonly ParquetFile[]
  /** Columns, by their places in `SourceProbe.columns`, that hold Parquet's VARIANT. */
  readonly variants: readonly number[]
}

export interface ParquetFile {
  readonly path: string
  readonly groups: readonly (readonly [rows: number, bytes: number])[]
  /** For each column its place in this file. */
  readonly places: readonly number[]
  /** The file has a column `file_row_number` of its own. */
  readonly hidesRowNumber: boolean
}

/** Reads all footers: the columns of the first file, and that the others have them with the same types. */
export async function probeParquet(context: ProbeContext<ParquetConfig>): Promise<SourceProbe> {
  const { config, report, signal } = context
  const files = await findFiles({ ...context, path: config.path, inFolder: '**/*.parquet' })
  const probed: ParquetFile[] = []
  const kept: SourceFile[] = []
  let first: { readonly file: SourceFile; readonly plain: Field[]; readonly footer: Footer } | undefined
  for await (const [file, footer] of footersOf(files, context)) {
    signal.throwIfAborted()
    const all = columnsOf(footer.schema)
    if (!first) {
      const plain = pick(all, inFiles(all, config.columns, file), report)
      warnOfCuts(footer.schema, plain, report)
      first = { file, plain, footer }
    }
    const places = first.plain.map(({ name }) => all.findIndex((field) => field.name === name))
    if (file !== first.file) compare(file, all, places, first.file, first.plain, config, report)
    probed.push({
      path: file.path,
      groups: footer.groups.map(({ rows, bytes }) => [rows, bytes] as const),
      places,
      hidesRowNumber: all.some(({ name }) => name.toLowerCase() === 'file_row_number'),
    })
    kept.push(file)
  }
  if (!first) return { columns: [], files: [], rows: 0, data: { files: [], variants: [] } }
  const { footer, plain } = first
  const variants = plain.flatMap(({ name }, i) => {
    const node = footer.schema.children.find((child) => child.name === name)
    return node && logicalType(node)?.id === 16 ? [i] : []
  })
  const rows = probed.reduce((sum, file) => sum + file.groups.reduce((count, [rows]) => count + rows, 0), 0)
  // A cast: plain JSON without an index signature.
  const data = { files: probed, variants } as unknown as SourceProbe['data']
  return { columns: await refineByArrow(plain, footer), files: kept, rows, ...(data !== undefined && { data }) }
}

/** The columns of every file by its footer, for a source whose columns are pinned. */
export async function parquetHeaders({ config, ...context }: ProbeContext<ParquetConfig>): Promise<Header[]> {
  const files = await findFiles({ ...context, path: config.path, inFolder: '**/*.parquet', report: () => {} })
  return await headersOf(files, context, async ({ path }) => {
    const all = columnsOf((await readFooter(context.resolve(path), path)).schema)
    return config.columns ? all.filter(({ name }) => config.columns?.includes(name)) : all
  })
}

/** Footers in the files' order, some read at once; a file without one is a problem and left out. */
async function* footersOf(
  files: readonly SourceFile[],
  { resolve, report }: ProbeContext<ParquetConfig>,
): AsyncGenerator<[SourceFile, Footer]> {
  for (let start = 0; start < files.length; start += 32) {
    const some = files.slice(start, start + 32)
    const read = await Promise.allSettled(some.map(({ path }) => readFooter(resolve(path), path)))
    for (const [i, result] of read.entries()) {
      if (result.status === 'fulfilled') yield [some[i] as SourceFile, result.value]
      else reportUnreadable(result.reason, (some[i] as SourceFile).path, report)
    }
  }
}

function reportUnreadable(error: unknown, path: string, report: Report): void {
  if (error instanceof HeadraceError) {
    report({ code: error.code, message: error.message, ...(error.hint && { hint: error.hint }), setting: 'path' })
  } else if (error instanceof Error && 'syscall' in error) {
    report({ code: 'read-failed', message: `${path} cannot be read: ${error.message}.`, setting: 'path' })
  } else throw error
}

/** The wanted columns without those that stand in the names of folders. */
function inFiles(all: readonly Field[], wanted: readonly string[] | undefined, { path }: SourceFile) {
  const partitions = partitionsIn(path).map(([name]) => name)
  return wanted?.filter((name) => !partitions.includes(name) || all.some((field) => field.name === name))
}

function pick(all: readonly Field[], wanted: readonly string[] | undefined, report: Report): Field[] {
  const names = all.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined && (!wanted || wanted.includes(twice))) {
    report({
      code: 'double-column',
      message: `two columns are called "${twice}".`,
      hint: 'Name the columns to read in "columns", without that one.',
      setting: 'path',
    })
  }
  if (!wanted) return all.filter((field, i) => names.indexOf(field.name) === i)
  return wanted.flatMap((name, i) => {
    const found = all.find((field) => field.name === name)
    if (wanted.indexOf(name) < i) {
      report({ code: 'double-column', message: `"${name}" is listed twice.`, setting: `columns[${i}]` })
      return []
    }
    if (found) return [found]
    const near = nearest(name, names)
    const hint = near ? `Did you mean "${near}"?` : `There are ${names.join(', ')}.`
    report({ code: 'unknown-column', message: `there is no column "${name}".`, hint, setting: `columns[${i}]` })
    return []
  })
}

function compare(
  file: SourceFile,
  all: readonly Field[],
  places: readonly number[],
  firstFile: SourceFile,
  expected: readonly Field[],
  config: ParquetConfig,
  report: Report,
): void {
  const differ = (column: string, wanted: string, found: string) =>
    report({
      code: 'columns-differ',
      message: `${file.path}, column "${column}": expected ${wanted} as in ${firstFile.path}, found ${found}.`,
      hint: 'Read these files with a source of their own, or name the columns that all have in "columns".',
      setting: 'path',
    })
  expected.forEach((field, i) => {
    const found = all[places[i] as number]
    if (!found) differ(field.name, typeName(field.type), 'no such column')
    else if (!sameType(found.type, field.type)) differ(field.name, typeName(field.type), typeName(found.type))
  })
  if (config.columns) return
  for (const field of all) {
    if (!expected.some(({ name }) => name === field.name)) differ(field.name, 'no such column', typeName(field.type))
  }
}

/** Nanoseconds with a zone lose their last three digits on the way through DuckDB; that is said. */
function warnOfCuts(root: SchemaNode, fields: readonly Field[], report: Report): void {
  for (const node of root.children) {
    const kind = logicalType(node)
    const unit = kind?.id === 8 ? kind.of.get(2)?.value : undefined
    const cut = unit instanceof Map && unit.has(3) && kind?.of.get(1)?.value === true
    if (!cut || !fields.some(({ name }) => name === node.name)) continue
    report({
      severity: 'warning',
      code: 'nanoseconds-cut',
      message: `column "${node.name}" has nanoseconds and a time zone; it is read to the microsecond.`,
      setting: 'path',
    })
  }
}
