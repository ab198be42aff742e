import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { fromArrow } from '@headrace/runtime/arrow'
import {
  type Batch,
  batchOf,
  type Column,
  type ColumnType,
  decimal,
  type Field,
  fixed,
  Identity,
  list,
  Pool,
  Scope,
  timestamp,
  types,
  valueAt,
} from '@headrace/runtime/sdk'
import { Bench, readSource, seededRandom } from '@headrace/runtime/testing'
import { tableFromIPC } from 'apache-arrow'
import { readParquet } from 'parquet-wasm'
import { expect, test } from 'vitest'
import source from '../../../sources/parquet.ts'
import { type Codec, openEncoder, openWasmEncoder } from '../encode.ts'
import { footerOf } from '../footer.ts'
import { readParquet as readSplit } from '../read.ts'
import { structAt, structsAt, type ThriftStruct, type ThriftValue } from '../thrift.ts'

type Rows = readonly Record<string, unknown>[]

const scope = new Scope(new Pool(1 << 28))

const batchesOf = (fields: readonly Field[], rows: Rows, size = 1000): Batch[] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => {
    const some = rows.slice(i * size, (i + 1) * size)
    return batchOf(scope, fields, some, new Identity({ node: 'n', path: '' }, some.length, 1))
  })

async function encode(open: typeof openEncoder, fields: readonly Field[], batches: readonly Batch[], codec: Codec) {
  const encoder = await open(fields, codec)
  for (const batch of batches) encoder.add(batch)
  const file = Buffer.from(encoder.finish())
  encoder.close()
  return file
}

const write = (fields: readonly Field[], rows: Rows, codec: Codec = 'zstd') =>
  encode(openEncoder, fields, batchesOf(fields, rows), codec)

/** What DuckDB reads, by our source, which would read most pages itself. */
async function readByDuckDB(file: Uint8Array) {
  const bench = new Bench(await mkdtemp(join(tmpdir(), 'parquet-write-')))
  await writeFile(join(bench.folder, 'a.parquet'), file)
  const byDuckDB: typeof source = { ...source, read: (context) => readSplit(context, { by: 'duckdb' }) }
  return await readSource(byDuckDB, { path: 'a.parquet' }, bench)
}

/** What arrow-rs reads. */
function readByArrow(file: Uint8Array, fields: readonly Field[]): Rows {
  const table = tableFromIPC(readParquet(file).intoIPCStream())
  return table.batches.flatMap((batch) => {
    if (batch.numRows === 0) return []
    const columns = fromArrow(scope, batch)
    return Array.from({ length: batch.numRows }, (_, row) =>
      Object.fromEntries(fields.map(({ name }, i) => [name, valueAt(columns[i] as Column, row)])),
    )
  })
}

/** Also tells 0 from -0; `toEqual`, which takes a hundred times as long, says what differs. */
function expectSame(read: Rows, written: Rows): void {
  if (!isDeepStrictEqual(read, written)) expect(read).toEqual(written)
  expect(isDeepStrictEqual(read, written)).toBe(true)
}

const long = (next: () => number): bigint => BigInt.asIntN(64, (BigInt(next()) << 32n) | BigInt(next()))
const edges = [0n, -1n, 1n, 2n ** 63n - 1n, -(2n ** 63n)]
const fraction = (next: () => number) => [0, -0, Number.NaN, Infinity, -Infinity][next() % 40] ?? next() / 7 - 3e8
const text = (next: () => number) =>
  ['', 'Größe ✓', '𝄞 clef', 'z'.repeat(next() % 300)][next() % 20] ?? `text ${next()}`

/** A value of a type; the values of a column mostly differ. */
const makers: readonly (readonly [type: ColumnType, make: (next: () => number) => unknown])[] = [
  [types.bool, (next) => next() % 3 === 0],
  [types.int8, (next) => (next() << 24) >> 24],
  [types.int16, (next) => (next() << 16) >> 16],
  [types.int32, (next) => [2 ** 31 - 1, -(2 ** 31)][next() % 50] ?? next() | 0],
  [types.int64, (next) => edges[next() % 50] ?? long(next)],
  [types.uint8, (next) => next() & 255],
  [types.uint16, (next) => next() & 65535],
  [types.uint32, (next) => next()],
  [types.uint64, (next) => BigInt.asUintN(64, edges[next() % 50] ?? long(next))],
  [types.float16, (next) => Math.f16round(fraction(next) / 1e5)],
  [types.float32, (next) => Math.fround(fraction(next))],
  [types.float64, fraction],
  [decimal(4, 2), (next) => BigInt((next() % 19999) - 9999)],
  [decimal(12, 0), (next) => long(next) % 10n ** 12n],
  [decimal(20, 5), (next) => (long(next) % 10n ** 10n) * 10n ** 10n],
  [decimal(38, 3), (next) => long(next) * 10n ** 19n],
  [types.string, text],
  [types.binary, (next) => Uint8Array.from({ length: next() % 80 }, () => next() | 128)],
  [types.date, (next) => (next() % 100_000) - 50_000],
  [types.time, (next) => BigInt(next()) * 20n],
  [timestamp('ms'), (next) => BigInt(next()) * 500n],
  [timestamp('us'), (next) => BigInt(next()) * 500_000n - 10n ** 15n],
  [timestamp('ns'), (next) => 1_700_000_000_000_000_000n + BigInt(next()) * 1000n],
  [timestamp('us', 'Europe/Berlin'), (next) => BigInt(next())],
  [types.null, () => null],
  [fixed(types.float32, 3), (next) => [0, 1, 2].map(() => (next() % 9 ? Math.fround(fraction(next)) : null))],
  [list(types.int64), (next) => Array.from({ length: next() % 4 }, () => (next() % 9 ? long(next) : null))],
  [list(types.string), (next) => Array.from({ length: next() % 20 }, () => (next() % 3 ? text(next) : null))],
]
const fields: Field[] = makers.map(([type], i) => ({ name: `c${i}`, type }))

/** `kinds`: how many different values a column has; one value of `nulls` is null. */
function make(count: number, seed: number, kinds = Infinity, nulls = Infinity): Rows {
  const random = seededRandom(seed)
  const next = () => random() * 2 ** 32
  const pools = makers.map(([, value]) => Array.from({ length: Math.min(count, kinds) }, () => value(next)))
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(
      fields.map(({ name }, i) => [
        name,
        next() % nulls === 0 ? null : pools[i]?.[kinds < count ? next() % kinds : row],
      ]),
    ),
  )
}

const cases: readonly (readonly [what: string, rows: Rows])[] = [
  ['no rows', []],
  ['one row', make(1, 1)],
  ['rows of nulls', make(20, 2, 5, 1)],
  ['values that differ', make(1200, 3)],
  ['values that differ, and nulls', make(1201, 4, Infinity, 4)],
  ['values that repeat', make(1200, 5, 9)],
  ['values that repeat, and nulls', make(1209, 6, 100, 3)],
  ['one value', make(500, 7, 1)],
]

test.each(cases)('DuckDB and arrow-rs read what was written: %s', async (_, rows) => {
  for (const codec of ['zstd', 'gzip', 'none'] as const) {
    const file = await write(fields, rows, codec)
    const { columns, rows: read, problems } = await readByDuckDB(file)
    expect(problems).toEqual([])
    expect(columns).toEqual(fields)
    expectSame(read, rows)
    expectSame(readByArrow(file, fields), rows)
  }
})

const plain = (value: ThriftValue | undefined): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([id, field]) => [id, plain(field.value)]))
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return value && typeof value === 'object' ? value.values.map(plain) : value
}

test.each(cases)('schema and statistics are those of arrow-rs: %s', async (_, rows) => {
  const batches = batchesOf(fields, rows)
  const [ours, theirs] = await Promise.all(
    [openEncoder, openWasmEncoder].map(async (open) => footerOf(await encode(open, fields, batches, 'zstd'), 'a file')),
  )
  const about = (message: ThriftStruct) => ({
    schema: plain(message.get(2)?.value),
    orders: plain(message.get(7)?.value),
    chunks: structsAt(message, 4)
      .flatMap((group) => structsAt(group, 1))
      .map((chunk) => structAt(chunk, 3))
      // Type, path, codec, number of values, statistics, sizes.
      .map((meta) => [1, 3, 4, 5, 12, 16].map((id) => plain(meta?.get(id)?.value))),
  })
  expect(about(ours?.message as ThriftStruct)).toEqual(about(theirs?.message as ThriftStruct))
})

test('long texts are cut in statistics as arrow-rs cuts them', async () => {
  const column: Field[] = [
    { name: 'text', type: types.string },
    { name: 'bytes', type: types.binary },
  ]
  for (const [least, greatest] of [
    ['a'.repeat(70), 'b'.repeat(70)],
    ['é'.repeat(40), `${'é'.repeat(31)}a𝄞${'x'.repeat(9)}`],
    ['𝄞'.repeat(20), `${'\u{10ffff}'.repeat(20)}`],
    ['\u07ff'.repeat(40), `x${'\ud7ff'.repeat(30)}`],
    ['c'.repeat(64), '\u007f'.repeat(65)],
  ]) {
    const rows = [least, greatest].map((one) => ({ text: one, bytes: new Uint8Array(70).fill(one?.length ?? 0) }))
    rows.push({ text: 'm', bytes: new Uint8Array(70).fill(255) })
    const files = [openEncoder, openWasmEncoder].map((open) => encode(open, column, batchesOf(column, rows), 'none'))
    const [ours, theirs] = (await Promise.all(files)).map((file) =>
      structsAt(structsAt(footerOf(file, 'a file').message, 4)[0] as ThriftStruct, 1).map((chunk) =>
        plain(structAt(chunk, 3)?.get(12)?.value),
      ),
    )
    expect(ours).toEqual(theirs)
  }
})

test('a row group is the same, byte for byte, however its rows are cut into batches', async () => {
  const rows = make(1500, 8, 700, 5)
  const whole = await encode(openEncoder, fields, batchesOf(fields, rows, 1500), 'none')
  for (const size of [7, 64, 1001]) {
    expect((await encode(openEncoder, fields, batchesOf(fields, rows, size), 'none')).equals(whole)).toBe(true)
  }
  const [batch] = batchesOf(fields, rows, 1500) as [Batch]
  const cuts = [0, 3, 11, 1000, 1001, 1500]
  const slices = cuts.slice(1).map((end, i) => batch.slice(cuts[i] as number, end))
  expect((await encode(openEncoder, fields, slices, 'none')).equals(whole)).toBe(true)
})

test('the second group of an encoder is as good as the first, also with little room', async () => {
  const rows = make(300, 9, 50, 3)
  const encoder = await openEncoder(fields, 'zstd', 'little')
  for (const some of [rows, [], rows.slice(0, 5)]) {
    for (const batch of batchesOf(fields, some, 100)) encoder.add(batch)
    expect(encoder.rows()).toBe(some.length)
    expect(encoder.bytes() > 0).toBe(some.length > 0)
    expectSame(readByArrow(encoder.finish(), fields), some)
  }
  encoder.close()
})

test('a dictionary that becomes too large, texts of megabytes, many pages, and long lists', async () => {
  const columns: Field[] = [
    { name: 'large', type: types.string },
    { name: 'huge', type: types.string },
    { name: 'vector', type: fixed(types.float32, 16) },
    { name: 'flag', type: types.bool },
    { name: 'run', type: types.int32 },
  ]
  const vectors = Array.from({ length: 32 }, (_, i) => Array.from({ length: 16 }, (_, k) => i + k / 16))
  const rows = Array.from({ length: 32_768 }, (_, i) => ({
    large: `${i % 16_384} `.repeat(60),
    huge: i % 10_000 === 5 ? `${i}`.repeat(500_000) : null,
    vector: i % 11 === 0 ? null : vectors[i % 32],
    flag: i % 13 === 0 ? null : i % 2 === 0,
    run: i >> 12,
  }))
  const file = await write(columns, rows)
  expectSame(readByArrow(file, columns), rows)
  expectSame((await readByDuckDB(file)).rows, rows)
})
