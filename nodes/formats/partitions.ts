import {
  type Batch,
  type Column,
  type ColumnType,
  columnOf,
  type Field,
  type ProbeContext,
  parseType,
  type Report,
  Schema,
  type Scope,
  type SourceContext,
  type SourceFile,
  type SourceProbe,
  Type,
  types,
} from '@headrace/runtime/sdk'
import { daysOf } from '@headrace/runtime/time'
import { decodePartition, nullPartition } from './output/partition.ts'

/** The setting of every source whose files may lie in folders of partitions. */
export const partitionSettings = {
  partitions: Type.Optional(
    Type.Union(
      [Type.Literal('auto'), Type.Literal('off'), Type.Record(Type.String(), Type.String({ format: 'type' }))],
      {
        default: 'auto',
        description:
          'Folders named country=de become columns behind those of the files; a column of that name in the files goes before. Types are found (int64, date, string), or say them here; "off" leaves them out.',
        examples: [{ year: 'string' }],
      },
    ),
  ),
}

/** What a source with the setting `partitions` is given. */
export interface PartitionConfig {
  readonly partitions?: 'auto' | 'off' | Readonly<Record<string, string>>
  /** Where the source has it: the columns that are read, those of partitions among them. */
  readonly columns?: readonly string[]
  readonly path?: string | readonly string[]
}

interface Functions<C> {
  readonly probe: (context: ProbeContext<C>) => Promise<SourceProbe>
  readonly read: (context: SourceContext<C>) => AsyncIterable<Batch>
}

/** Adds the columns that stand in the names of folders to what a source reads from its files. */
export function withPartitions<C>({ probe, read }: Functions<C>): Functions<C & PartitionConfig> {
  return {
    async probe(context) {
      const found = await probe(context)
      const partitions = partitionsOf(found, context)
      if (partitions.length === 0) return found
      return {
        ...found,
        columns: [...found.columns, ...partitions],
        partitions,
        detected: { ...found.detected, partitions: partitions.map(({ name }) => name).join(', ') },
      }
    },
    read(context) {
      const { partitions = [] } = context.probe
      return partitions.length ? read(inFiles(context, partitions)) : read(context)
    },
  }
}

/** The partitions of a path that a pattern or a folder led to, outer ones first: names and values as they were before they became folders' names. */
export function partitionsIn(path: string): [name: string, value: string | null][] {
  const folders = path.split('/').slice(0, -1)
  return folders.flatMap((folder): [string, string | null][] => {
    const at = folder.indexOf('=')
    if (at < 1) return []
    const value = folder.slice(at + 1)
    return [[decodePartition(folder.slice(0, at)), value === nullPartition ? null : decodePartition(value)]]
  })
}

function partitionsOf({ columns, files }: SourceProbe, context: ProbeContext<PartitionConfig>): Field[] {
  const { config, report, resolve } = context
  const { partitions = 'auto', columns: wanted, path = [] } = config
  const [first] = files
  if (partitions === 'off' || !first) return []
  // A file that is named itself is read as it is.
  const named = new Set((typeof path === 'string' ? [path] : path).map(resolve))
  const all = files.map((file) => (named.has(resolve(file.path)) ? [] : partitionsIn(file.path)))
  const names = (all[0] ?? []).map(([name]) => name)
  const other = all.findIndex((some) => some.length !== names.length || some.some(([name], i) => name !== names[i]))
  if (other >= 0) {
    differ(first, files[other] as SourceFile, report)
    return []
  }
  const said = typeof partitions === 'object' ? partitions : {}
  for (const name of Object.keys(said)) {
    if (names.includes(name)) continue
    const there = names.length
      ? `The folders are ${names.map((one) => `${one}=…`).join(', ')}.`
      : 'No folder is named so.'
    report({
      code: 'unknown-column',
      message: `no folder on the way to the files is named "${name}=…".`,
      hint: there,
      setting: `partitions.${name}`,
    })
  }
  return names.flatMap((name, level) => {
    const hidden = columns.some((column) => column.name === name) || names.indexOf(name) < level
    if (hidden || (wanted && !wanted.includes(name))) return []
    const values = all.map((some) => some[level]?.[1] ?? null)
    const type = (said[name] === undefined ? null : parseType(said[name])) ?? typeOf(values)
    const wrong = values.find((value) => value !== null && readValue(type, value) === undefined)
    if (wrong === undefined) return [{ name, type }]
    report({
      code: 'wrong-type',
      message: `the folder ${name}=${wrong} is no ${said[name]}.`,
      hint: 'Take the type string, or leave it out.',
      setting: `partitions.${name}`,
    })
    return [{ name, type: types.string }]
  })
}

function differ(first: SourceFile, other: SourceFile, report: Report): void {
  const said = ({ path }: SourceFile) =>
    partitionsIn(path)
      .map(([name]) => `${name}=…`)
      .join('/') || 'no such folder'
  report({
    code: 'partitions-differ',
    message: `files lie in folders of different partitions: ${first.path} in ${said(first)}, ${other.path} in ${said(other)}.`,
    hint: 'Read them by two sources, or set partitions to "off".',
    setting: 'path',
  })
}

/** The narrowest type that all values of a partition have. */
function typeOf(values: readonly (string | null)[]): ColumnType {
  const known = values.filter((value) => value !== null)
  const fits = (type: ColumnType) => known.every((value) => readValue(type, value) !== undefined)
  if (known.length === 0) return types.string
  return [types.int64, types.date].find(fits) ?? types.string
}

/** A partition's value as a column holds it; undefined where its text is none of the type. */
function readValue(type: ColumnType, text: string): unknown {
  switch (type.kind) {
    case 'string':
      return text
    case 'int': {
      // A number with leading zeros is a name.
      if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined
      const value = BigInt(text)
      const fits = type.signed ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value)
      if (fits !== value) return undefined
      return type.bits === 64 ? value : Number(value)
    }
    case 'float':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'date':
      return dayOf(text)
    default:
      return undefined
  }
}

function dayOf(text: string): number | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  const days = daysOf(Number(year), Number(month), Number(day))
  return Number.isNaN(days) ? undefined : days
}

/** What the source itself reads: the files' columns, to which each batch's partitions are added. */
function inFiles<C>(context: SourceContext<C>, partitions: readonly Field[]): SourceContext<C> {
  const { schema, probe, scope, wanted } = context
  const isPartition = (name: string) => partitions.some((one) => one.name === name)
  const own = schema.fields.filter(({ name }) => !isPartition(name))
  return {
    ...context,
    schema: new Schema(own),
    probe: { ...probe, columns: probe.columns.filter(({ name }) => !isPartition(name)) },
    batch(path, first, rows, columns) {
      const values = new Map(partitionsIn(path))
      let next = 0
      const all = schema.fields.map(({ name, type }) => {
        if (!isPartition(name)) return columns[next++] as Column | null
        return wanted?.has(name) === false ? null : constant(scope, type, values.get(name) ?? null, rows)
      })
      return context.batch(path, first, rows, all)
    },
  }
}

/** A column with one value in every row. */
function constant(scope: Scope, type: ColumnType, text: string | null, rows: number): Column {
  const value = text === null ? null : readValue(type, text)
  return columnOf(scope, type, new Array(rows).fill(value))
}
