import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { type ColumnType, type Field, HeadraceError } from '@headrace/runtime/sdk'
import { Bench, readSource } from '@headrace/runtime/testing'
import parquet from '../../nodes/sources/parquet.ts'

/** The folder of shared test data, or null where it is absent. */
export async function sharedFolder(...path: string[]): Promise<string | null> {
  const folder = join(import.meta.dirname, '../../../shared/data', ...path)
  return access(folder).then(
    () => folder,
    () => null,
  )
}

/** A file read by the source: its columns and its rows as lists of values; or the one clear error. */
export async function readFile(
  file: string,
): Promise<{ fields: readonly Field[]; rows: unknown[][] } | { error: string }> {
  try {
    const { columns, rows, problems } = await readSource(parquet, { path: file }, new Bench())
    const errors = problems.filter(({ severity }) => severity === 'error')
    if (errors.length > 1) throw new Error(`${errors.length} problems for one file: ${JSON.stringify(errors)}`)
    if (errors[0]) return { error: `${errors[0].code}: ${errors[0].message}` }
    return { fields: columns, rows: rows.map((row) => columns.map(({ name }) => row[name])) }
  } catch (error) {
    if (error instanceof HeadraceError) return { error: `${error.code}: ${error.message}` }
    throw error
  }
}

/** Where rows differ first, in words; null where they are the same. */
export function difference(fields: readonly Field[], ours: unknown[][], theirs: unknown[][]): string | null {
  if (ours.length !== theirs.length) return `${ours.length} rows, expected ${theirs.length}`
  for (const [i, row] of ours.entries()) {
    for (const [j, { name, type }] of fields.entries()) {
      if (same(row[j], theirs[i]?.[j], type)) continue
      return `row ${i + 1}, ${name}: ${show(row[j])}, expected ${show(theirs[i]?.[j])}`
    }
  }
  return null
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part))?.slice(0, 150) ?? 'undefined'

/**
 * Whether a value of ours is the expected one, in whichever form that has: hyparquet's JSON (numbers for int64, ISO text
 * for times, objects for maps, GeoJSON for geometry) or its live values (BigInt, Date, bytes).
 */
function same(ours: unknown, theirs: unknown, type: ColumnType): boolean {
  if (theirs === null || theirs === undefined)
    return ours === null || (typeof ours === 'number' && !Number.isFinite(ours))
  if (ours === null) return false
  switch (type.kind) {
    case 'int':
      return typeof theirs === 'bigint' ? BigInt(ours as bigint) === theirs : Number(ours) === Number(theirs)
    case 'float':
      return ours === theirs || (Number.isNaN(ours) && Number.isNaN(theirs)) || Number(ours) === theirs
    case 'decimal':
      return near(Number(ours) * 10 ** -type.scale, Number(theirs))
    case 'string':
      return ours === theirs || sameJson(parsed(ours as string), theirs)
    case 'binary':
      return sameBytes(ours as Uint8Array, theirs)
    case 'date':
      return Number(ours) * 86_400_000 === timeOf(theirs)
    case 'time':
      return Number(ours) === Number(theirs)
    case 'timestamp': {
      if (typeof theirs === 'object' && 'nanos' in theirs) {
        const each = { s: 1_000_000_000n, ms: 1_000_000n, us: 1000n, ns: 1n }[type.unit]
        const over = (theirs.nanos as bigint) - BigInt(ours as bigint) * each
        return over >= 0n && over < each
      }
      const perMilli = { s: 0.001, ms: 1, us: 1000, ns: 1_000_000 }[type.unit]
      return Math.floor(Number(ours) / perMilli) === timeOf(theirs)
    }
    case 'list':
    case 'fixed':
      return sameList(ours as unknown[], theirs, type.item)
    case 'struct':
      return type.fields.every(({ name, type: of }) =>
        same((ours as Record<string, unknown>)[name], (theirs as Record<string, unknown>)[name], of),
      )
    default:
      return ours === theirs
  }
}

function sameList(ours: unknown[], theirs: unknown, item: ColumnType): boolean {
  if (Array.isArray(theirs) || ArrayBuffer.isView(theirs)) {
    const items = Array.from(theirs as unknown[])
    return items.length === ours.length && ours.every((value, i) => same(value, items[i], item))
  }
  if (item.kind !== 'struct') return false
  const entries = new Map(Object.entries(theirs as object))
  const [, value] = item.fields
  return (
    entries.size === ours.length &&
    ours.every((entry) => {
      const of = entry as { key: unknown; value: unknown }
      return entries.has(String(of.key)) && (!value || same(of.value, entries.get(String(of.key)), value.type))
    })
  )
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b))

const timeOf = (value: unknown): number => (value instanceof Date ? value.getTime() : Date.parse(String(value)))

function sameBytes(ours: Uint8Array, theirs: unknown): boolean {
  if (typeof theirs === 'string') return new TextDecoder().decode(ours) === theirs
  if (Array.isArray(theirs) || theirs instanceof Uint8Array) return Buffer.from(ours).equals(Buffer.from(theirs))
  const numbers = coordinates(new DataView(ours.buffer, ours.byteOffset, ours.byteLength), { at: 0 })
  const { coordinates: one, geometries } = theirs as { coordinates?: unknown; geometries?: { coordinates: unknown }[] }
  const expected = (one ? [one] : (geometries ?? []).map((part) => part.coordinates)).flat(9)
  return (
    numbers.length === expected.length &&
    numbers.every((number, i) => same(number, expected[i], { kind: 'float', bits: 64 }))
  )
}

/** All numbers of a geometry in well-known binary (OGC 06-103r4, 8.2), in their order. */
function coordinates(view: DataView, reader: { at: number }): number[] {
  const little = view.getUint8(reader.at) === 1
  const code = view.getUint32(reader.at + 1, little)
  reader.at += 5
  const size = [2, 3, 3, 4][Math.floor(code / 1000)] as number
  const count = () => view.getUint32((reader.at += 4) - 4, little)
  const point = () => Array.from({ length: size }, () => view.getFloat64((reader.at += 8) - 8, little))
  const points = () => Array.from({ length: count() }, point).flat()
  switch (code % 1000) {
    case 1:
      return point()
    case 2:
      return points()
    case 3:
      return Array.from({ length: count() }, points).flat()
    default:
      return Array.from({ length: count() }, () => coordinates(view, reader)).flat()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A value inside Parquet's VARIANT: ours is JSON as DuckDB writes it, in which times and bytes are text. */
function sameJson(ours: unknown, theirs: unknown): boolean {
  if (ours === theirs || (ours ?? null) === (theirs ?? null)) return true
  if (typeof theirs === 'bigint' || typeof theirs === 'number') return near(numberOf(ours), Number(theirs))
  if (typeof ours === 'string') {
    if (theirs instanceof Uint8Array) return ours === Array.from(theirs, hexEscape).join('')
    if (typeof theirs === 'string') return instant(ours) !== null && instant(ours) === instant(theirs)
    if (typeof theirs === 'object' && theirs && 'nanos' in theirs) return instant(ours) === theirs.nanos
    if (theirs instanceof Date) return instant(ours) === BigInt(theirs.getTime()) * 1_000_000n
  }
  if (typeof ours !== 'object' || ours === null || typeof theirs !== 'object' || theirs === null) return false
  const [a, b] = [ours as Record<string, unknown>, theirs as Record<string, unknown>]
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => sameJson(a[key], b[key]))
}

const hexEscape = (byte: number): string => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`

/** `2024-11-07 12:33:54.123456789+00` in nanoseconds; without a zone it is UTC; null where it is no time. */
function instant(text: string): bigint | null {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00)?)?$/.exec(text)
  if (!parts) return null
  const [, date, time = '00:00:00', fraction = ''] = parts
  return BigInt(Date.parse(`${date}T${time}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** Hyparquet gives a time of day in microseconds. */
function numberOf(value: unknown): number {
  const time = typeof value === 'string' ? /^(\d\d):(\d\d):(\d\d(?:\.\d+)?)$/.exec(value) : null
  return time ? Math.round((Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3])) * 1e6) : Number(value)
}
