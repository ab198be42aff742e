import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import arrow from '@headrace/nodes/sources/arrow.ts'
import type { ColumnType } from '@headrace/runtime/sdk'
import { Bench, readSource } from '@headrace/runtime/testing'
import { tableFromIPC, type Vector } from 'apache-arrow'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../../../shared/data/arrow-files/test/data')
const present = existsSync(folder)
if (!present) console.log(`skipped: there is no folder ${folder}`)

// Expected values come from apache-arrow's reader, which ours shares nothing with. What it cannot read is written out
// here, after the values that the files were made from.
const words = ['foo', 'foo', null, 'bar', 'baz', 'baz', null, null, 'foo']
const spilled = ['foobazbarbipbopboodeedoozoo', ...words.slice(1)]
const bytes = (text: string | null) => (text === null ? null : [...Buffer.from(text)])
const both = (flat: unknown[], spill: unknown[]) => flat.map((value, i) => ({ flat: value, spill: spill[i] }))
const column = (...values: unknown[]) => values.map((value) => ({ value }))
const lists = column(['foo', 'bar', 'baz'], null, ['baz', null, 'foo'], ['foo'])
const writtenOut: Record<string, unknown[]> = {
  'utf8view.arrows': both(words, spilled),
  'binaryview.arrows': both(words.map(bytes), spilled.map(bytes)),
  'listview.arrows': lists,
  'largelistview.arrows': lists,
  'runendencoded.arrows': column(...words),
  'runendencoded64.arrows': column(...words),
  'decimal32.arrows': column('12345', '0', '-12345'),
  'decimal64.arrows': column('12345', '0', '-12345'),
  'intervalMonthDayNano_0.arrows': column('P24M', null, 'P146M1DT5S', 'PT0.000001S'),
  // apache-arrow gives nanoseconds as a double, which cannot hold them.
  'timestampMicrosecond_0.arrows': column('716988600123457000', '1039764536564738000'),
  'timestampMicrosecond_1.arrows': column('716988600123457000', '1039764536564738000', null),
  'timestampNanosecond_0.arrows': column('716988600123456789', '1039764536564738209'),
  'timestampNanosecond_1.arrows': column('716988600123456789', '1039764536564738209', null),
}
/** Packed files hold the rows of the unpacked one. */
const sameAs: Record<string, string> = {
  'compressed_lz4.arrow': 'compressed_none.arrow',
  'compressed_zstd.arrow': 'compressed_none.arrow',
}

/** Values of either reader in one form: whole numbers, decimals and times as text of the number that is stored. */
function plain(value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array || Array.isArray(value)) return Array.from(value as ArrayLike<unknown>, plain)
  if (typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}

/** A value that apache-arrow read, as `plain` shows ours of that type. */
function expected(type: ColumnType, value: unknown): unknown {
  if (value === null || value === undefined) return null
  switch (type.kind) {
    case 'int':
      return type.bits === 64 ? String(value) : value
    case 'decimal':
      return String(decimalOf(value as Uint32Array))
    case 'date':
      return Number(value) / 86_400_000
    case 'timestamp':
      return String(BigInt(Math.round(Number(value) * { s: 0.001, ms: 1, us: 1000, ns: 1e6 }[type.unit])))
    case 'list':
    case 'fixed': {
      // A map comes as pairs.
      const pairs = value.constructor.name === 'MapRow' ? Array.from(value as Iterable<[unknown, unknown]>) : null
      const items = pairs?.map(([key, inner]) => ({ key, value: inner })) ?? Array.from(value as Iterable<unknown>)
      return items.map((item) => expected(type.item, item))
    }
    case 'struct': {
      const row = value as Record<string, unknown>
      return Object.fromEntries(type.fields.map(({ name, type: inner }) => [name, expected(inner, row[name])]))
    }
    case 'string':
      // A union's value as JSON text.
      return value
    default:
      return plain(value)
  }
}

function decimalOf(words: Uint32Array): bigint {
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n)
  return BigInt.asIntN(words.length * 32, unsigned)
}

function byApacheArrow(name: string, columns: readonly { name: string; type: ColumnType }[]): unknown[] {
  const table = tableFromIPC(readFileSync(join(folder, name)))
  const isUnion = (vector: Vector) => String(vector.type).includes('Union')
  const vectors = columns.map((field) => table.getChild(field.name) as Vector)
  return Array.from({ length: table.numRows }, (_, row) =>
    Object.fromEntries(
      columns.map((field, i) => {
        const vector = vectors[i] as Vector
        const value = vector.get(row)
        if (isUnion(vector)) return [field.name, value === null ? null : JSON.stringify(value)]
        return [field.name, expected(field.type, value)]
      }),
    ),
  )
}

test.skipIf(!present)(
  'every Arrow file is read, value for value',
  async () => {
    const names = readdirSync(folder).filter((name) => /\.arrows?$/.test(name))
    expect(names.length).toBe(83)
    const by = { 'apache-arrow': 0, 'values written out': 0 }
    const failed: string[] = []
    for (const name of names) {
      const read = await readSource(arrow, { path: name }, new Bench(folder))
      const known = writtenOut[name]
      by[known ? 'values written out' : 'apache-arrow']++
      const rows = read.rows.map(plain)
      const wanted = known ?? byApacheArrow(sameAs[name] ?? name, read.columns)
      // Comparing whole files with `toEqual` would take ten times as long.
      const different = isDeepStrictEqual(rows, wanted)
        ? -1
        : rows.findIndex((row, i) => !isDeepStrictEqual(row, wanted[i]))
      if (read.problems.length > 0) failed.push(`${name}: ${read.problems[0]?.message}`)
      else if (rows.length !== wanted.length) failed.push(`${name}: ${rows.length} rows, not ${wanted.length}`)
      else if (different >= 0)
        failed.push(
          `${name} row ${different}: ${JSON.stringify(rows[different])}, not ${JSON.stringify(wanted[different])}`,
        )
    }
    console.log(`arrow-files: ${names.length - failed.length} of ${names.length} passed; compared with`, by)
    expect(failed).toEqual([])
  },
  120_000,
)

test.skipIf(!present)(
  'a column that is read alone has the values that it has among all',
  async () => {
    let several = 0
    for (const name of readdirSync(folder).filter((one) => /\.arrows?$/.test(one))) {
      const bench = new Bench(folder)
      const whole = await readSource(arrow, { path: name }, bench)
      if (whole.columns.length > 1) several++
      for (const { name: column } of whole.columns.slice(0, 8)) {
        const wanted = new Set([column])
        const alone = {
          ...arrow,
          read: (context: Parameters<typeof arrow.read>[0]) => arrow.read({ ...context, wanted }),
        }
        const { rows, identities } = await readSource(alone, { path: name }, bench)
        const values = rows.map((row) => row[column])
        const same = isDeepStrictEqual(
          values,
          whole.rows.map((row) => row[column]),
        )
        expect([name, column, same, identities.length]).toEqual([name, column, true, whole.identities.length])
      }
    }
    expect(several).toBeGreaterThan(10)
  },
  120_000,
)
