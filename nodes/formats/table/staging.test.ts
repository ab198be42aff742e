import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import {
  Batch,
  type Coded,
  type Column,
  columnOf,
  decimal,
  type Field,
  Identity,
  list,
  Pool,
  realDisk,
  Schema,
  Scope,
  type TableWriteContext,
  timestamp,
  types,
} from '@headrace/runtime/sdk'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { readFooter } from '../parquet/footer.ts'
import { stageRows } from './staging.ts'
import { readStretches } from './stretches.ts'

const folder = mkdtempSync(join(tmpdir(), 'staging-'))
afterAll(() => rmSync(folder, { recursive: true }))
const duckdb = await (await DuckDBInstance.create(':memory:')).connect()
const scope = () => new Scope(new Pool(1 << 28))

const fields: readonly Field[] = [
  { name: 'text', type: types.string },
  { name: 'small', type: types.int16 },
  { name: 'double', type: types.float64 },
  { name: 'at', type: timestamp('ms') },
  { name: 'price', type: decimal(9, 2) },
  { name: 'flag', type: types.bool },
  { name: 'items', type: list(types.int32) },
]

/** Different values of each column, the first ones of a list that differs from `from` to `from`. */
const values: readonly ((i: number, from: number) => unknown)[] = [
  (i, from) => (i === 0 ? '' : `größe ${from} ${'x'.repeat(i % 7)} ${i}`),
  (i, from) => from * 50 - i,
  (i, from) => [-0, 0, Number.NaN, Number.NEGATIVE_INFINITY][i] ?? from + i / 3,
  (i, from) => BigInt(from * 1_000_000 - i),
  (i, from) => BigInt(from * 100 + i),
  (i) => i % 2 === 0,
  (i, from) => (i % 3 === 0 ? [] : [i, null, from]),
]

interface Cut {
  readonly rows: number
  /** Which dictionary the rows come with; null: they come as plain columns. */
  readonly dictionary: number | null
  readonly nulls: boolean
  /** Every which row is left by a filter. */
  readonly every: number
}

/** Batches as cut, with dictionaries that are one object in all of them. */
function batchesOf(own: Scope, cuts: readonly Cut[]): Batch[] {
  const known = new Map<string, Column>()
  const dictionaryOf = (at: number, from: number, nulls: boolean): Column => {
    const key = `${at} ${from} ${nulls}`
    const some: unknown[] = Array.from({ length: 9 + from }, (_, i) => values[at]?.(i, from))
    if (nulls) some.push(null)
    const found = known.get(key) ?? columnOf(own, fields[at]?.type as Field['type'], some)
    known.set(key, found)
    return found
  }
  let number = 1
  return cuts.map(({ rows, dictionary, nulls, every }) => {
    const columns = fields.map(({ type }, at): Column | Coded => {
      if (dictionary === null || at > 5) {
        const plain = Array.from({ length: rows }, (_, i) =>
          nulls && i % 5 === 1 ? null : values[at]?.(i % 11, i % 4),
        )
        return columnOf(own, type, plain)
      }
      const of = dictionaryOf(at, dictionary, nulls)
      return {
        values: of,
        codes: Int32Array.from({ length: rows }, (_, i) => (i * 7 + (i >> 3)) % of.length),
        bytes: 0,
      }
    })
    const selection = Int32Array.from({ length: Math.ceil(rows / every) }, (_, i) => i * every)
    const identity = new Identity({ node: 'source', path: 'a.csv' }, selection.length, number)
    number += selection.length
    return new Batch(own, new Schema(fields), columns, identity, { selection: every === 1 ? null : selection })
  })
}

async function stage(batches: readonly Batch[], own: Scope, path: string, places = [0, 1, 2, 3, 4, 5, 6]) {
  const input = Object.assign(
    (async function* () {
      yield* batches
    })(),
    { schema: batches[0]?.schema },
  )
  const context = { input, scope: own, stage: () => path, disk: realDisk }
  // A cast: what staging uses of its context.
  return await stageRows(context as unknown as TableWriteContext<object>, places, 'apart')
}

const rowsOf = (batch: Batch): unknown[][] =>
  Array.from({ length: batch.rows }, (_, row) => Object.values(batch.row(row)))

async function read(path: string, fields: readonly Field[], rows: number, from = 0): Promise<unknown[][]> {
  const own = scope()
  const split = { parts: [{ path, start: from, end: rows, firstRow: from + 1 }], bytes: 0 }
  const found: unknown[][] = []
  const columns = fields.map(({ type }) => type)
  for await (const { rows, columns: built } of readStretches(split, columns, own, new AbortController().signal)) {
    const identity = new Identity({ node: 'n', path: '' }, rows, 1)
    found.push(...rowsOf(new Batch(own, new Schema(fields), built, identity)))
  }
  own.close()
  return found
}

const cut = fc.record({
  rows: fc.integer({ min: 1, max: 60 }),
  dictionary: fc.option(fc.integer({ min: 0, max: 3 })),
  nulls: fc.boolean(),
  every: fc.integer({ min: 1, max: 3 }),
})

test('rows that come plain, coded or filtered, in any order, are staged as they are, for whoever reads them', async () => {
  let count = 0
  await fc.assert(
    fc.asyncProperty(fc.array(cut, { minLength: 1, maxLength: 8 }), async (cuts) => {
      const own = scope()
      const batches = batchesOf(own, cuts)
      const wanted = batches.flatMap(rowsOf)
      const path = join(folder, `${count++}.parquet`)
      const receipt = await stage(batches, own, path)
      expect(receipt.rows).toBe(wanted.length)
      // By pages where no column is nested, else by DuckDB.
      const flat = fields.slice(0, 6)
      expect(await read(path, flat, wanted.length)).toEqual(wanted.map((row) => row.slice(0, 6)))
      expect(await read(path, fields, wanted.length)).toEqual(wanted)
      const start = wanted.length >> 1
      expect(await read(path, flat, wanted.length, start)).toEqual(wanted.slice(start).map((row) => row.slice(0, 6)))
      own.close()
    }),
    { numRuns: 60 },
  )
})

test('a row group ends where another dictionary begins, unless it has few rows; sizes count rows as if none were coded', async () => {
  const own = scope()
  const of = (rows: number, dictionary: number): Cut => ({ rows, dictionary, nulls: true, every: 1 })
  const path = join(folder, 'groups.parquet')
  const batches = batchesOf(own, [of(20_000, 1), of(20_000, 1), of(4000, 2), of(4000, 3)])
  const receipt = await stage(batches, own, path)
  expect((await readFooter(path)).groups.map(({ rows }) => rows)).toEqual([40_000, 8000])
  expect(await read(path, fields.slice(0, 6), 48_000)).toEqual(batches.flatMap(rowsOf).map((row) => row.slice(0, 6)))
  const { decoded } = receipt.data as unknown as { decoded: number }
  const plain = 48_000 * (4 + 15 + 2 + 8 + 8 + 16)
  expect(decoded).toBeGreaterThan(plain * 0.8)
  expect(decoded).toBeLessThan(plain * 1.6)
  // Another program sees the same dictionaries.
  const encodings = await duckdb.runAndReadAll(
    `SELECT DISTINCT encodings FROM parquet_metadata('${path}') WHERE path_in_schema = 'c0'`,
  )
  expect(encodings.getRows().flat().join()).toMatch(/DICTIONARY/)
  own.close()
})

test('values that take more than a megabyte are staged plainly, row by row', async () => {
  const own = scope()
  const path = join(folder, 'large.parquet')
  const schema = new Schema([{ name: 'text', type: types.string }])
  const texts = columnOf(
    own,
    types.string,
    Array.from({ length: 12 }, (_, i) => String(i).repeat(100_000)),
  )
  const codes = Int32Array.from({ length: 40 }, (_, i) => (i * 5) % 12)
  const batch = new Batch(
    own,
    schema,
    [{ values: texts, codes, bytes: 0 }],
    new Identity({ node: 's', path: '' }, 40, 1),
  )
  const wanted = rowsOf(batch)
  await stage([batch], own, path, [0])
  expect(await read(path, schema.fields, 40)).toEqual(wanted)
  const metadata = await duckdb.runAndReadAll(`SELECT DISTINCT encodings FROM parquet_metadata('${path}')`)
  expect(metadata.getRows().flat().join()).not.toMatch(/DICTIONARY/)
  own.close()
})
