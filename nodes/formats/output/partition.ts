import { type Batch, type ColumnType, isValid, type Report, Schema } from '@headrace/runtime/sdk'
import { scalarWriter, textBy } from '@headrace/runtime/text'

/** The value of a partition that is null, as Hive, Spark and DuckDB name it. */
export const nullPartition = '__HIVE_DEFAULT_PARTITION__'

const namable = new Set<ColumnType['kind']>(['string', 'bool', 'int', 'decimal', 'date', 'time', 'timestamp'])

/** Reports partitions that cannot be: no column of that name, no type that a folder's name can say, nothing left. */
export function checkPartitions(
  { path, partitionBy = [] }: { readonly path: string; readonly partitionBy?: readonly string[] },
  input: Schema,
  report: Report,
): void {
  if (partitionBy.length === 0) return
  const problem = (code: string, message: string, hint: string, at?: number) =>
    report({ code, message, hint, setting: at === undefined ? 'partitionBy' : `partitionBy[${at}]` })
  if (!path.endsWith('/'))
    problem(
      'not-a-folder',
      `${path} is one file, and partitions are folders.`,
      `Write to a folder: "${folderFor(path)}".`,
    )
  for (const [i, name] of partitionBy.entries()) {
    const type = input.field(name)?.type
    if (!type) {
      const columns = input.fields.map((field) => field.name).join(', ')
      problem('unknown-column', `there is no column "${name}".`, `The columns are ${columns}.`, i)
    } else if (!namable.has(type.kind)) {
      const hint = 'Take a column of texts, whole numbers, dates or true and false.'
      problem('partition-type', `column "${name}" has values that are no names for folders.`, hint, i)
    } else if (partitionBy.indexOf(name) < i) {
      problem('duplicate-column', `column "${name}" stands twice.`, 'Take it out once.', i)
    }
  }
  if (input.fields.length > 0 && input.fields.every(({ name }) => partitionBy.includes(name)))
    problem('no-columns', 'every column is a partition: nothing is left for the files.', 'Leave one column out.')
}

const folderFor = (path: string): string => `${path.replace(/\.[^./]+$/, '')}/`

/** The columns that the files hold: those of partitions stand in the folders' names. */
export const columnsInFiles = (schema: Schema, partitionBy: readonly string[] = []): Schema =>
  partitionBy.length ? new Schema(schema.fields.filter(({ name }) => !partitionBy.includes(name))) : schema

/** Says of each row of a batch in which folder it goes: `country=de/day=2026-01-01`. */
export function partitionsOf(batch: Batch, partitionBy: readonly string[]): string[] {
  const folders = new Array<string>(batch.rows).fill('')
  for (const [level, name] of partitionBy.entries()) {
    const column = batch.column(batch.schema.indexOf(name))
    const write = column.type.kind === 'string' ? null : scalarWriter(column)
    const key = encodeName(name)
    const known = new Map<string, string>()
    const { offsets } = column
    const { buffer, byteOffset, byteLength } = (column.values ?? nothing) as Uint8Array
    const bytes = Buffer.from(buffer, byteOffset, byteLength)
    for (let row = 0; row < batch.rows; row++) {
      let text = nullPartition
      if (isValid(column, row)) {
        const plain = write
          ? textBy((out) => write(out, row))
          : bytes.toString('utf8', offsets?.[row], offsets?.[row + 1])
        text = known.get(plain) ?? encodeValue(plain)
        known.set(plain, text)
      }
      folders[row] += `${level ? '/' : ''}${key}=${text}`
    }
  }
  return folders
}

const nothing = new Uint8Array(0)

/** What Hive escapes in the names of folders, and what file systems do not take. */
const special = /[\x00-\x1f\x7f"#%'*/:<=>?\\[\]^{|}]/g

const encodeName = (text: string): string =>
  text.replace(special, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

/** A text that happens to be the name for null is none. */
const encodeValue = (text: string): string => (text === nullPartition ? `%5F${text.slice(1)}` : encodeName(text))

/** A name or value of a partition as it was before it was written; what is no escape sign stays. */
export function decodePartition(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replace(/%[0-9A-Fa-f]{2}/g, (sign) => String.fromCharCode(Number.parseInt(sign.slice(1), 16)))
  }
}
