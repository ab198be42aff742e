import { access, glob, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Field, fixed, HeadraceError, list, type SourceContext, types } from '@headrace/runtime/sdk'
import { Bench, readSource, seededRandom, writeSink } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import sink from '../../../sinks/parquet.ts'
import source from '../../../sources/parquet.ts'
import { readParquet } from '../read.ts'

/** Everything is read twice, and a machine may have other work. */
const slow = 180_000
const folder = await mkdtemp(join(tmpdir(), 'parquet-pages-'))
const duckdb = await (await DuckDBInstance.create(':memory:')).connect()

/** A file's rows by DuckDB, by its pages alone, or as users read it; or the error as text. */
async function readBy(by: 'both' | 'pages' | 'duckdb', path: string, limits: Partial<SourceContext<never>> = {}) {
  const node: typeof source = { ...source, read: (context) => readParquet({ ...context, ...limits }, { by }) }
  try {
    const { rows, identities, rejected, problems } = await readSource(node, { path }, new Bench())
    return { rows, identities, rejected, problems: problems.map(({ message }) => message) }
  } catch (error) {
    if (!(error instanceof HeadraceError)) throw error
    return { error: `${error.code}: ${error.message}` }
  }
}

/** `toEqual` takes a hundred times as long, and says what differs. */
function expectSame(ours: unknown, theirs: unknown, what: string): void {
  if (!isDeepStrictEqual(ours, theirs)) expect(ours, what).toEqual(theirs)
  expect(isDeepStrictEqual(ours, theirs), what).toBe(true)
}

/** Columns of all types that are read by their pages, from a hash of the row `h` and its number `i`. */
const flat = `
  h % 3 = 0 AS flag,
  CAST(h % 256 - 128 AS TINYINT) AS i8, CAST(h % 65536 - 32768 AS SMALLINT) AS i16,
  CAST(h % 4294967296 - 2147483648 AS INTEGER) AS i32, CAST(h - 9223372036854775808 AS BIGINT) AS i64,
  CAST(h % 256 AS UTINYINT) AS u8, CAST(h % 65536 AS USMALLINT) AS u16, CAST(h % 4294967296 AS UINTEGER) AS u32, CAST(h AS UBIGINT) AS u64,
  CAST(h AS FLOAT) / 7 AS f32, CASE WHEN h % 9 = 0 THEN 'nan'::DOUBLE WHEN h % 9 = 1 THEN '-inf'::DOUBLE ELSE CAST(h AS DOUBLE) / 7 END AS f64,
  DATE '1900-01-01' + CAST(h % 90000 AS INTEGER) AS day,
  make_timestamp(CAST(h % 4000000000000000 AS BIGINT) - 2000000000000000) AS us,
  make_timestamp(CAST(h % 4000000000000 AS BIGINT) * 1000)::TIMESTAMP_MS AS ms,
  make_timestamp_ns(CAST(h % 4000000000000000000 AS BIGINT)) AS ns,
  make_timestamp(CAST(h % 4000000000000000 AS BIGINT))::TIMESTAMPTZ AS utc,
  CAST((h % 19999) / 100 - 99.99 AS DECIMAL(4, 2)) AS d4, CAST((h % 1999999) / 100 - 9999 AS DECIMAL(9, 2)) AS d9,
  CAST(h % 1000000000000 - 500000000000 AS DECIMAL(18, 4)) AS d18,
  CASE WHEN h % 10 = 0 THEN '' WHEN h % 10 = 1 THEN 'Größe 𝄞' ELSE repeat('text ', CAST(h % 20 AS INTEGER)) || h END AS text,
  encode(repeat('ü', CAST(h % 5 AS INTEGER)) || h) AS bytes`

/** Some that repeat, so that they have dictionaries. */
const few = `
  CAST(h % 100 AS DOUBLE) AS f64, 'city ' || h % 200 AS text, CAST(h % 30 AS SMALLINT) AS i16, CAST(h % 50 AS DECIMAL(12, 2)) AS d12,
  CASE WHEN h % 3 > 0 THEN h % 1000 END AS some, CASE WHEN h % 50 = 0 THEN NULL ELSE repeat('é', CAST(h % 40 AS INTEGER)) END AS word,
  make_timestamp(CAST(h % 40 AS BIGINT) * 1000)::TIMESTAMP_MS AS ms, NULL::VARCHAR AS none, 7 AS one`

/** Lists of one level, some without items, and with items that are null. */
const lists = `
  list_transform(range(CAST(h % 7 AS BIGINT)), x -> CAST(hash(i, x) % 1000 AS FLOAT) / 7) AS floats,
  list_transform(range(CAST(h % 5 AS BIGINT)), x -> CASE WHEN hash(i, x) % 4 > 0 THEN 'tag ' || hash(i, x) % 60 END) AS tags,
  CASE WHEN h % 6 > 0 THEN list_transform(range(CAST(h % 3 AS BIGINT)), x -> hash(i, x) % 2 = 0) END AS flags,
  CASE WHEN h % 9 = 0 THEN NULL WHEN h % 9 = 1 THEN [NULL] ELSE [i, i * 3, NULL] END AS numbers,
  list_transform(range(CAST(h % 60 AS BIGINT)), x -> md5(CAST(hash(i, x) AS VARCHAR))) AS long, NULL::INTEGER[] AS none`

const codecs = ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'] as const
let made = 0

async function madeByDuckDB(columns: string, rows: number, options: string, nulls = false): Promise<string> {
  const path = join(folder, `made-${made++}.parquet`)
  const inner = `SELECT CAST(hash(i) AS HUGEINT) AS h, i FROM range(${rows}) AS t(i)`
  const all = `SELECT ${columns} FROM (${inner})`
  const query = nulls
    ? `SELECT CASE WHEN hash(n, 7) % 4 > 0 THEN COLUMNS(* EXCLUDE n) END FROM (${all.replace('FROM', ', i AS n FROM')})`
    : all
  await duckdb.run(`COPY (${query}) TO '${path}' (FORMAT parquet, ${options})`)
  return path
}

async function expectOurs(path: string, what: string): Promise<void> {
  expectSame(await readBy('pages', path), await readBy('duckdb', path), what)
}

test(
  'files that DuckDB writes, of all versions and codecs, give the rows that it reads',
  async () => {
    let next = 0
    for (const version of ['V1', 'V2']) {
      for (const [columns, rows] of [
        [flat, 2100],
        [few, 8400],
        [lists, 2100],
      ] as const) {
        for (const nulls of [false, true]) {
          const codec = codecs[next++ % codecs.length]
          const options = `CODEC ${codec}, PARQUET_VERSION ${version}, ROW_GROUP_SIZE ${[2048, 20_000][next % 2]}`
          await expectOurs(await madeByDuckDB(columns, rows, options, nulls), `${options}, ${columns}, nulls ${nulls}`)
        }
      }
    }
  },
  slow,
)

const int: Field = { name: 'n', type: types.int64 }
const fields: Field[] = [
  int,
  { name: 'text', type: types.string },
  { name: 'city', type: types.string },
  { name: 'price', type: types.float64 },
  { name: 'flag', type: types.bool },
  { name: 'day', type: types.date },
  { name: 'small', type: types.int8 },
  { name: 'vector', type: fixed(types.float32, 5) },
  { name: 'tags', type: list(types.string) },
]

/** A file as our own sink writes it. */
async function madeBySink(rows: number, nulls: boolean, settings: Record<string, unknown>): Promise<string> {
  const next = seededRandom(rows)
  const or = <T>(value: T) => (nulls && next() < 0.3 ? null : value)
  const all = Array.from({ length: rows }, (_, i) => ({
    n: or(BigInt(i * 3)),
    text: or(`text ${next()}`),
    city: or(`city ${Math.floor(next() * 40)}`),
    price: or(next() * 100),
    flag: or(next() < 0.5),
    day: or(Math.floor(next() * 20_000)),
    small: or(Math.floor(next() * 200) - 100),
    vector: or(Array.from({ length: 5 }, (_, k) => Math.fround(next() * k))),
    tags: or(Array.from({ length: i % 4 }, (_, k) => `tag ${k}`)),
  }))
  const bench = new Bench(folder)
  const path = `sink-${made++}.parquet`
  await writeSink(sink, { path, ...settings }, [{ fields, rows: all }], bench)
  return join(folder, path)
}

test(
  'files that our own sink writes give the rows that DuckDB reads',
  async () => {
    for (const compression of ['none', 'zstd', 'snappy']) {
      for (const nulls of [false, true]) {
        for (const rowGroupRows of [500, 8300]) {
          const path = await madeBySink(8400, nulls, { compression, rowGroupRows })
          await expectOurs(path, `${compression}, nulls ${nulls}, groups of ${rowGroupRows}`)
        }
      }
    }
  },
  slow,
)

test(
  'large rows make small batches, and those that are too large are the same rejects',
  async () => {
    const text = (i: number) => (i % 10 === 3 ? 'é'.repeat(2 << 20) : `${i} `.repeat(i % 10 === 7 ? 700_000 : 20_000))
    const rows = Array.from({ length: 60 }, (_, i) => ({
      n: BigInt(i),
      text: i % 9 === 8 ? null : text(i),
      other: 'x',
    }))
    const columns = ['text', 'other'].map((name) => ({ name, type: types.string }))
    for (const rowGroupRows of [7, 100]) {
      const path = `large-${rowGroupRows}.parquet`
      await writeSink(sink, { path, rowGroupRows }, [{ fields: [int, ...columns], rows }], new Bench(folder))
      const limits = { maxRowBytes: 3 << 20 }
      const ours = await readBy('pages', join(folder, path), limits)
      expectSame(ours, await readBy('duckdb', join(folder, path), limits), path)
      expect(ours.rejected?.length).toBe(5)
    }
  },
  slow,
)

test(
  'reading may stop early or be aborted, and gives back file and memory',
  async () => {
    const path = await madeByDuckDB(few, 9000, 'ROW_GROUP_SIZE 9000')
    const controller = new AbortController()
    const node: typeof source = {
      ...source,
      async *read(context) {
        for (let i = 0; i < 3; i++) for await (const _ of readParquet(context, { by: 'pages' })) break
        await expect(async () => {
          const aborted = { ...context, signal: controller.signal }
          for await (const _ of readParquet(aborted, { by: 'pages' })) controller.abort()
        }).rejects.toThrow('aborted')
        yield* readParquet(context, { by: 'pages' })
      },
    }
    // `readSource` throws where memory is still held.
    expect((await readSource(node, { path }, new Bench())).rows.length).toBe(9000)
  },
  slow,
)

/** Folders of files of other people's, where they are. */
const shared = join(import.meta.dirname, '../../../../../shared/data')
for (const name of ['parquet-testing', 'hyparquet/test/files']) {
  const there = await access(join(shared, name)).then(
    () => true,
    () => false,
  )
  if (!there) console.log(`${name}: skipped, ${join(shared, name)} is not there`)
  test.skipIf(!there)(
    `every file of ${name} is read as by DuckDB alone`,
    async () => {
      let ours = 0
      for await (const file of glob('**/*.parquet', { cwd: join(shared, name) })) {
        const path = join(shared, name, file)
        const expected = await readBy('duckdb', path)
        expectSame(await readBy('both', path), expected, file)
        const isSmall = (await stat(path)).size < 200_000
        const alone = isSmall ? await readBy('pages', path).catch(() => null) : null
        if (alone && !('error' in expected)) ours++
      }
      console.log(`${name}: ${ours} files are read by their pages`)
      expect(ours).toBeGreaterThan(20)
    },
    slow,
  )
}

test(
  'bytes that are flipped give the rows or the error that DuckDB gives',
  async () => {
    const next = seededRandom(5)
    const files: string[] = []
    for (const [i, codec] of codecs.entries()) {
      const options = `CODEC ${codec}, PARQUET_VERSION V${(i % 2) + 1}, ROW_GROUP_SIZE 2048`
      files.push(await madeByDuckDB([flat, few, lists][i % 3] as string, 1000, options, i % 2 === 0))
    }
    for (const compression of ['none', 'zstd', 'snappy']) files.push(await madeBySink(800, true, { compression }))
    const found = { rows: 0, errors: 0, chance: 0 }
    for (const file of files) {
      const whole = await readFile(file)
      for (let i = 0; i < 12; i++) {
        const damaged = Buffer.from(whole)
        const end = whole.length - 8 - whole.readUInt32LE(whole.length - 8)
        for (let flips = i % 4; flips >= 0; flips--) {
          damaged[4 + Math.floor(next() * (end - 4))] = Math.floor(next() * 256)
        }
        await writeFile(join(folder, 'damaged.parquet'), damaged)
        const path = join(folder, 'damaged.parquet')
        const expected = await readBy('duckdb', path)
        // DuckDB goes on with whatever is in its memory where GZIP cannot be unpacked: another time it gives other rows.
        const isSteady = isDeepStrictEqual(await readBy('duckdb', path), expected)
        if (isSteady) expectSame(await readBy('both', path), expected, `${file}, damage ${i}`)
        else await expect(readBy('pages', path), `${file}, damage ${i}`).rejects.toThrow('are not ours')
        found[!isSteady ? 'chance' : 'error' in expected ? 'errors' : 'rows']++
      }
    }
    console.log('damaged files:', found)
  },
  slow,
)

test('a footer in which bytes are flipped gives the rows or the error that DuckDB gives', async () => {
  const next = seededRandom(9)
  const whole = await readFile(await madeByDuckDB(lists, 300, 'CODEC snappy', true))
  const start = whole.length - 8 - whole.readUInt32LE(whole.length - 8)
  for (let i = 0; i < 60; i++) {
    const damaged = Buffer.from(whole)
    damaged[start + Math.floor(next() * (whole.length - 8 - start))] = Math.floor(next() * 256)
    // A name of its own: DuckDB keeps the footers of files.
    const path = join(folder, `footer-${i}.parquet`)
    await writeFile(path, damaged)
    expectSame(await readBy('both', path), await readBy('duckdb', path), `damage ${i}`)
  }
})
