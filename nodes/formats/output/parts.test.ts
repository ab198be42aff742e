import { mkdtemp, readdir, readFile, rename, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Json, type SinkNode, type SourceNode, types } from '@headrace/runtime/sdk'
import { Bench, type Rows, readSource, writeSink } from '@headrace/runtime/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import arrowSink from '../../sinks/arrow.ts'
import csvSink from '../../sinks/csv.ts'
import ndjsonSink from '../../sinks/ndjson.ts'
import parquetSink from '../../sinks/parquet.ts'
import arrowSource from '../../sources/arrow.ts'
import csvSource from '../../sources/csv.ts'
import ndjsonSource from '../../sources/ndjson.ts'
import parquetSource from '../../sources/parquet.ts'

interface Format {
  readonly ending: string
  readonly sink: SinkNode
  readonly source: SourceNode
}

const formats = [
  { ending: '.csv', sink: csvSink, source: csvSource },
  { ending: '.ndjson', sink: ndjsonSink, source: ndjsonSource },
  { ending: '.arrow', sink: arrowSink, source: arrowSource },
  { ending: '.parquet', sink: parquetSink, source: parquetSource },
] as unknown as Format[]

const fields = [
  { name: 'id', type: types.int64 },
  { name: 'country', type: types.string },
  { name: 'day', type: types.date },
  { name: 'text', type: types.string },
]
const countries = ['de', 'fr', null, '', 'a/b=c%25 *"{x}', '__HIVE_DEFAULT_PARTITION__', 'Größe']

const row = (id: number) => ({
  id: BigInt(id),
  country: countries[id % countries.length],
  day: id % 3 === 2 ? null : 20_000 + (id % 3),
  text: `row ${id} `.repeat(20),
})
const split = (from: number, count: number): Rows => ({
  fields,
  rows: Array.from({ length: count }, (_, i) => row(from + i)),
  batchRows: 7,
})

let bench: Bench
beforeEach(async () => {
  bench = new Bench(await mkdtemp(join(tmpdir(), 'headrace-parts-')))
})

const parts = async () =>
  (await readdir(join(bench.folder, 'out'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(bench.folder.length + 5))
    .sort()

const write = (sink: SinkNode, config: Record<string, Json>, ...splits: Rows[]) =>
  writeSink(sink, { path: 'out/', ...config }, splits, bench)

describe.for(formats)('$ending', ({ ending, sink, source }) => {
  const read = async () => {
    const { rows, problems } = await readSource(source, { path: `out/**/*${ending}` }, new Bench(bench.folder))
    expect(problems).toEqual([])
    return rows.sort((a, b) => Number(a['id']) - Number(b['id']))
  }

  test('small splits share a part, and an empty one makes none', async () => {
    const { output } = await write(sink, {}, split(0, 10), split(10, 0), split(10, 5), split(15, 1))
    expect(await parts()).toEqual([`part-test-00000${ending}`])
    expect(output).toMatchObject({
      rows: 16,
      bytes: (await stat(join(bench.folder, 'out', `part-test-00000${ending}`))).size,
    })
    const rows = await read()
    expect(rows.map(({ id }) => Number(id))).toEqual(Array.from({ length: 16 }, (_, i) => i))
  })

  test('a large split is cut, and what lies in which part does not depend on the commits', async () => {
    await write(sink, { partSize: 4000 }, split(0, 150), split(150, 3), split(153, 100))
    const names = await parts()
    expect(names.length).toBeGreaterThan(2)
    expect(names.at(-1)).toBe(`part-test-${String(names.length - 1).padStart(5, '0')}${ending}`)
    const rows = await read()
    expect(rows.map(({ id }) => Number(id))).toEqual(Array.from({ length: 253 }, (_, i) => i))
  })

  test('partitions are folders, and reading them gives every value back', async () => {
    await write(sink, { partitionBy: ['country', 'day'] }, split(0, 40), split(40, 30))
    const names = await parts()
    expect(names).toContain(`country=de/day=2024-10-04/part-test-00000${ending}`)
    expect(names).toContain(
      `country=__HIVE_DEFAULT_PARTITION__/day=__HIVE_DEFAULT_PARTITION__/part-test-00000${ending}`,
    )
    expect(names.every((name) => !name.includes('*') && name.split('/').length === 3)).toBe(true)
    expect(names).toHaveLength(21)
    const wanted = Array.from({ length: 70 }, (_, i) => row(i))
    expect(await read()).toEqual(wanted.map(({ id, text, country, day }) => ({ id, text, country, day })))
  })

  test('a partition with many rows is cut, one with few is merged over the splits', async () => {
    await write(sink, { partitionBy: ['country'], partSize: 3000 }, split(0, 70), split(70, 70), split(140, 7))
    const de = (await parts()).filter((name) => name.startsWith('country=de/'))
    expect(de.length).toBeGreaterThan(1)
    expect(de.length).toBeLessThan(10)
    expect((await read()).length).toBe(147)
  })

  test('replace takes old parts away, in folders of partitions too; append adds; fail refuses', async () => {
    await write(sink, { partitionBy: ['country'] }, split(0, 7))
    const again = await write(sink, { partitionBy: ['country'] }, split(0, 7))
    expect(again.problems[0]).toMatchObject({ code: 'output-exists' })
    bench = new Bench(bench.folder)
    // As parts of another run.
    for (const name of await parts())
      await rename(join(bench.folder, 'out', name), join(bench.folder, 'out', name.replace('-test-', '-old-')))
    await write(sink, { ifExists: 'append', partitionBy: ['country'] }, split(0, 1))
    expect(await readdir(join(bench.folder, 'out/country=de'))).toHaveLength(2)
    bench = new Bench(bench.folder)
    for (const name of await parts())
      await rename(join(bench.folder, 'out', name), join(bench.folder, 'out', name.replace('-test-', '-older-')))
    await write(sink, { ifExists: 'replace' }, split(0, 3))
    expect(await readdir(join(bench.folder, 'out'))).toEqual([`part-test-00000${ending}`])
  })
})

test('partitions that cannot be are problems before a run', async () => {
  const wide = [...fields, { name: 'score', type: types.float64 }]
  const problem = async (config: Record<string, Json>, some = wide) => {
    const { problems } = await writeSink(csvSink, config, [{ fields: some, rows: [] }], new Bench(bench.folder))
    return problems.map(({ code, place }) => `${code} ${place.setting}`)
  }
  expect(await problem({ path: 'out.csv', partitionBy: ['country'] })).toEqual(['not-a-folder partitionBy'])
  expect(await problem({ path: 'out/', partitionBy: ['land', 'score', 'day', 'day'] })).toEqual([
    'unknown-column partitionBy[0]',
    'partition-type partitionBy[1]',
    'duplicate-column partitionBy[3]',
  ])
  expect(await problem({ path: 'out/', partitionBy: ['id'] }, fields.slice(0, 1))).toEqual(['no-columns partitionBy'])
  expect(await problem({ path: 'out/', partSize: 'huge' })).toEqual(['wrong-form partSize'])
})

test('a thousand partitions are written with bounded room, and each has its rows', async () => {
  const many = [
    { name: 'key', type: types.int32 },
    { name: 'n', type: types.int32 },
  ]
  const rows = Array.from({ length: 4000 }, (_, n) => ({ key: (n * 7) % 1000, n }))
  await write(csvSink, { partitionBy: ['key'] }, { fields: many, rows, batchRows: 500 })
  expect(await readdir(join(bench.folder, 'out'))).toHaveLength(1000)
  expect(await readFile(join(bench.folder, 'out/key=7/part-test-00000.csv'), 'utf8')).toBe('n\n1\n1001\n2001\n3001\n')
})
