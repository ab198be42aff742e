import { checkFile } from '@headrace/runtime'
import { Float64, Int32, Int64, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow'
import { expect, test } from 'vitest'
import { run } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'

const pin = { id: 'int64', total: 'float64', name: 'string' }

/** A pipeline from files of a format to NDJSON, and how to write such a file. */
interface Scene {
  readonly place: Workplace
  readonly file: string
  readonly check: (settings?: Record<string, unknown>) => Promise<string[]>
}

function scene(type: string, path: string, settings: Record<string, unknown> = {}): Scene {
  const place = new Workplace()
  const nodes = (more: Record<string, unknown>) =>
    place.pipeline(
      {
        in: [type, { path, pin, ...settings, ...more }],
        out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
      },
      [['in', 'out']],
    )
  const file = nodes({})
  const check = async (more: Record<string, unknown> = {}) => {
    const { problems } = await checkFile(nodes(more))
    return problems.map(({ severity, code, message, place: at }) => `${severity} ${code} ${at.line} ${message}`)
  }
  return { place, file, check }
}

const arrow = (columns: Record<string, unknown>) => tableToIPC(new Table(columns as never), 'file')

/** Parquet, made by a run of ours. */
async function parquet(place: Workplace, name: string, rows: string, types: Record<string, string>): Promise<void> {
  const maker = new Workplace()
  maker.write('rows.ndjson', rows)
  const made = maker.pipeline(
    { in: ['sources/ndjson', { path: 'rows.ndjson', types }], out: ['sinks/parquet', { path: place.path(name) }] },
    [['in', 'out']],
  )
  await maker.run(made)
}

test('CSV files are compared by their header lines, every one of them, in whatever order their columns stand', async () => {
  const { place, file, check } = scene('sources/csv', 'in/*.csv')
  for (let i = 0; i < 40; i++)
    place.write(`in/part-${i}.csv`, i % 2 ? 'name,id,total\na,1,2\n' : 'id,total,name\n1,2,a\n')
  expect(await check()).toEqual([])
  place.write('in/part-39.csv', 'id,amount,name\n7,8,z\n')
  expect(await check()).toEqual([
    'error drift 8 in/part-39.csv, column "amount": expected no such column (pin), found one.',
    'error drift 10 in/part-39.csv, column "total": expected float64 (pin.total), found no such column.',
  ])
  const refused = await run(['run', file])
  expect(refused.code).toBe(2)
  expect(place.exists('out.ndjson')).toBe(false)
  const warned = await check({ onDrift: 'adapt' })
  expect(warned.every((one) => one.startsWith('warning drift'))).toBe(true)
  const report = await place.run(file)
  expect(report.drift).toEqual([
    {
      node: 'in',
      file: 'in/part-39.csv',
      column: 'total',
      what: 'missing',
      expected: 'float64',
      found: 'no such column',
    },
    { node: 'in', file: 'in/part-39.csv', column: 'amount', what: 'new', expected: 'no such column', found: 'one' },
  ])
  expect(place.rows('out.ndjson').at(-1)).toEqual({ id: 7, total: null, name: 'z' })
})

test("a pinned type is a text's type: nothing is guessed, and what does not parse is rejected", async () => {
  const { place, file, check } = scene('sources/csv', 'in.csv', { pin: { id: 'string', total: 'decimal(10, 2)' } })
  place.write('in.csv', 'id,total\n007,1.5\n008,much\n')
  expect(await check()).toEqual([])
  const report = await place.run(file)
  expect([report.rows.stored, report.rows.rejected]).toEqual([1, 1])
  expect(place.rows('out.ndjson')).toEqual([{ id: '007', total: '1.50' }])
  expect(await check({ pin: { id: 'list<string>', total: 'int64' } })).toEqual([
    'error bad-setting 9 "list<string>" is no type of a CSV column.',
  ])
  expect(await check({ pin: { id: 'int46' } })).toEqual(['error unknown-type 9 "int46" is no type'])
})

test('NDJSON files are compared by the names in their first rows', async () => {
  const { place, file, check } = scene('sources/ndjson', 'in/*.ndjson')
  place.write('in/a.ndjson', '{"id":1,"total":2}\n{"id":2,"name":"x"}\n')
  expect(await check()).toEqual([])
  place.write('in/b.ndjson', '{"id":3,"sum":2,"name":"y"}\n')
  expect((await check()).map((one) => one.slice(0, one.indexOf(' (pin')))).toEqual([
    'error drift 8 in/b.ndjson, column "sum": expected no such column',
    'error drift 10 in/b.ndjson, column "total": expected float64',
  ])
  await check({ onDrift: 'adapt' })
  await place.run(file)
  expect(place.rows('out.ndjson')).toEqual([
    { id: 1, total: 2, name: null },
    { id: 2, total: null, name: 'x' },
    { id: 3, total: null, name: 'y' },
  ])
})

test('Arrow files are read by name and widened where the pin is wider, never narrowed', async () => {
  const { place, file, check } = scene('sources/arrow', 'in/*.arrow')
  const name = vectorFromArray(['a', 'b'], new Utf8())
  const narrow = { id: vectorFromArray([1, 2], new Int32()), total: vectorFromArray([3, null], new Int32()), name }
  const wide = { name, total: vectorFromArray([0.5, 1], new Float64()), id: vectorFromArray([5n, 6n], new Int64()) }
  place.write('in/1.arrow', arrow(narrow))
  place.write('in/2.arrow', arrow(wide))
  place.write('in/3.arrow', arrow(narrow))
  expect(await check()).toEqual([
    'error drift 9 in/1.arrow, column "id": expected int64 (pin.id), found int32, and 1 more file alike.',
    'error drift 10 in/1.arrow, column "total": expected float64 (pin.total), found int32, and 1 more file alike.',
  ])
  expect((await check({ onDrift: 'adapt' })).every((one) => one.startsWith('warning drift'))).toBe(true)
  await place.run(file)
  expect(place.rows('out.ndjson')).toEqual([
    { id: 1, total: 3, name: 'a' },
    { id: 2, total: null, name: 'b' },
    { id: 5, total: 0.5, name: 'a' },
    { id: 6, total: 1, name: 'b' },
    { id: 1, total: 3, name: 'a' },
    { id: 2, total: null, name: 'b' },
  ])
  place.write('in/3.arrow', arrow({ ...wide, id: vectorFromArray(['x', 'y'], new Utf8()) }))
  expect((await check({ onDrift: 'adapt' })).filter((one) => one.startsWith('error'))).toEqual([
    'error drift 9 in/3.arrow, column "id": expected int64 (pin.id), found string.',
  ])
})

test('Parquet files of other columns are read by name', async () => {
  const { place, file, check } = scene('sources/parquet', 'in/*.parquet')
  place.write('in/.keep', '')
  await parquet(place, 'in/1.parquet', '{"id":1,"total":2,"name":"a"}\n', { id: 'int64', total: 'float64' })
  await parquet(place, 'in/2.parquet', '{"more":true,"name":"b","id":2}\n', { id: 'int32', more: 'bool' })
  await parquet(place, 'in/3.parquet', '{"name":"c","total":9,"id":3}\n', { id: 'int64', total: 'float64' })
  expect(await check()).toEqual([
    'error drift 8 in/2.parquet, column "more": expected no such column (pin), found bool.',
    'error drift 9 in/2.parquet, column "id": expected int64 (pin.id), found int32.',
    'error drift 10 in/2.parquet, column "total": expected float64 (pin.total), found no such column.',
  ])
  await check({ onDrift: 'adapt' })
  await place.run(file)
  expect(place.rows('out.ndjson')).toEqual([
    { id: 1, total: 2, name: 'a' },
    { id: 2, total: null, name: 'b' },
    { id: 3, total: 9, name: 'c' },
  ])
})

test('folders of partitions are columns that can be pinned', async () => {
  const { place, file, check } = scene('sources/csv', 'in/**/*.csv', { pin: { id: 'int64', day: 'date' } })
  place.write('in/day=2026-11-24/a.csv', 'id\n1\n')
  place.write('in/day=2026-11-25/a.csv', 'id\n2\n')
  expect(await check()).toEqual([])
  await place.run(file)
  expect(place.rows('out.ndjson')).toEqual([
    { id: 1, day: '2026-11-24' },
    { id: 2, day: '2026-11-25' },
  ])
})

test('without a pin, files with other columns are read as they were', async () => {
  const { place, file, check } = scene('sources/csv', 'in/*.csv', { pin: undefined })
  place.write('in/a.csv', 'id,total\n1,2\n')
  place.write('in/b.csv', 'total,extra\n3,x\n')
  expect(await check()).toEqual([])
  expect((await place.run(file)).drift).toEqual([])
  expect(place.rows('out.ndjson').at(-1)).toEqual({ id: null, total: 3, extra: 'x' })
})

test('a check without data needs the pinned columns and nothing else', async () => {
  const { file } = scene('sources/csv', 'nowhere/*.csv')
  const { code, stdout } = await run(['check', file, '--no-data'])
  expect([code, stdout.split('\n')[0]]).toEqual([0, 'in: id int64, total float64, name string'])
  const bare = scene('sources/csv', 'nowhere/*.csv', { pin: undefined })
  const refused = await run(['check', bare.file, '--no-data'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(/^error: in has no pinned columns, .*pipeline\.json:4:.*\(not-pinned\)/)
  expect(refused.stderr.match(/^error/gm)?.length).toBe(1)
})

test('a rejected row of a pinned source is mended and replayed', async () => {
  const { place, file } = scene('sources/csv', 'in/*.csv', { onDrift: 'adapt' })
  place.write('in/a.csv', 'id,total,name\n1,2,a\n')
  place.write('in/b.csv', 'id,total\nx,3\n')
  await place.run(file)
  place.write('mend.json', '{"raw":{"0":"4,3"}}')
  const { code, stderr } = await run(['replay', file, '--mend', place.path('mend.json')])
  expect(code, stderr).toBe(0)
  expect(place.rows('out.ndjson').at(-1)).toEqual({ id: 4, total: 3, name: null })
})
