import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Json, type OpenSink, type Receipt, realDisk, Schema, types } from '@headrace/runtime/sdk'
import { Bench, writeSink } from '@headrace/runtime/testing'
import { beforeEach, expect, test } from 'vitest'
import csv from '../sinks/csv.ts'
import ndjson from '../sinks/ndjson.ts'

const fields = [{ name: 'n', type: types.int32 }]
const split = (...numbers: number[]) => ({ fields, rows: numbers.map((n) => ({ n })) })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-output-'))
})

const read = (name: string) => readFile(join(folder, name), 'utf8')
const write = (config: Record<string, Json>, ...splits: ReturnType<typeof split>[]) =>
  writeSink(csv, config, splits, new Bench(folder))

/** Opens the CSV sink by itself, to stop it where a crash would. */
const open = (config: { path: string; ifExists?: 'fail' | 'replace' | 'append' }, resumed: Json = null) =>
  csv.open({
    config: { ifExists: 'fail', ...config },
    node: 'out',
    probe: null,
    schema: new Schema(fields),
    resolve: (path) => join(folder, path) + (path.endsWith('/') ? '/' : ''),
    disk: realDisk,
    runId: 'run7',
    resumed,
    models: [],
    log: () => {},
  })

async function stage(sink: OpenSink, index: number, ...numbers: number[]): Promise<Receipt> {
  const file = join(sink.stageFolder, `.run7-${index}.csv.tmp`)
  const text = `n\n${numbers.map((n) => `${n}\n`).join('')}`
  await writeFile(file, text)
  return {
    rows: numbers.length,
    bytes: text.length,
    files: [file],
    data: { split: index, segments: [['', 0, text.length, numbers.length]] },
  }
}

const intend = async () => {}

test('one file in source order, with one header, and nothing left beside it', async () => {
  const { output } = await write({ path: 'deep/er/out.csv' }, split(1, 2), split(), split(3))
  expect(await read('deep/er/out.csv')).toBe('n\n1\n2\n3\n')
  expect(output).toEqual({ path: join(folder, 'deep/er/out.csv'), rows: 3, bytes: 8 })
  expect(await readdir(join(folder, 'deep/er'))).toEqual(['out.csv'])
})

test('an empty run writes a valid empty file', async () => {
  await write({ path: 'out.csv' }, split())
  expect(await read('out.csv')).toBe('n\n')
  await write({ path: 'parts/' }, split())
  expect(await read('parts/part-test-00000.csv')).toBe('n\n')
  await writeSink(ndjson, { path: 'out.ndjson' }, [split()], new Bench(folder))
  expect(await read('out.ndjson')).toBe('')
})

test('an existing file: fail is a problem at check, replace and append do as they say', async () => {
  await writeFile(join(folder, 'out.csv'), 'n\r\n0')
  const { problems, output } = await write({ path: 'out.csv' }, split(1))
  expect(output).toBeNull()
  expect(problems[0]).toMatchObject({ code: 'output-exists', hint: expect.stringMatching(/replace/) })
  await write({ path: 'out.csv', ifExists: 'append' }, split(1), split(2))
  expect(await read('out.csv')).toBe('n\r\n0\n1\n2\n')
  await write({ path: 'out.csv', ifExists: 'replace' }, split(3))
  expect(await read('out.csv')).toBe('n\n3\n')
})

test('append refuses a file with another header', async () => {
  await writeFile(join(folder, 'out.csv'), 'other\n0\n')
  await expect(write({ path: 'out.csv', ifExists: 'append' }, split(1))).rejects.toMatchObject({
    code: 'columns-differ',
    message: expect.stringContaining('other'),
  })
  expect(await readdir(folder)).toEqual(['out.csv'])
})

test('a folder: parts are named by run and number; fail, replace and append', async () => {
  await write({ path: 'parts/' }, split(1), split(), split(2))
  expect(await readdir(join(folder, 'parts'))).toEqual(['part-test-00000.csv'])
  expect(await read('parts/part-test-00000.csv')).toBe('n\n1\n2\n')
  const again = await write({ path: 'parts/' }, split(1))
  expect(again.problems[0]?.code).toBe('output-exists')

  await writeFile(join(folder, 'parts/part-old-00000.csv'), 'n\n9\n')
  await write({ path: 'parts/', ifExists: 'append' }, split(5))
  expect(await readdir(join(folder, 'parts'))).toHaveLength(2)
  const sink = await open({ path: 'parts/', ifExists: 'replace' })
  await sink.commit([await stage(sink, 0, 7)], intend)
  expect((await readdir(join(folder, 'parts'))).filter((name) => !name.startsWith('.'))).toHaveLength(2)
  await sink.finish()
  expect(await readdir(join(folder, 'parts'))).toEqual(['part-run7-00000.csv'])
})

test('replace refuses a folder with files that are no parts', async () => {
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'data/orders.csv'), 'n\n9\n')
  const { problems } = await write({ path: 'data/', ifExists: 'replace' }, split(1))
  expect(problems[0]).toMatchObject({ code: 'output-has-others', message: expect.stringContaining('orders.csv') })
})

test('a path that is a folder, or the other way round, is a problem', async () => {
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'file'), '')
  expect((await write({ path: 'data' }, split(1))).problems[0]?.code).toBe('is-a-folder')
  expect((await write({ path: 'file/x.csv' }, split(1))).problems[0]?.code).toBe('not-a-folder')
})

test('a resume cuts off what the ledger does not know and goes on', async () => {
  const first = await open({ path: 'out.csv' })
  const { state } = await first.commit([await stage(first, 0, 1, 2)], intend)
  // A second commit whose record never reached the ledger.
  const second = await stage(first, 1, 3)
  await first.commit([second], intend)
  await first.close()
  const resumed = await open({ path: 'out.csv' }, state)
  await resumed.commit([second], intend)
  await resumed.commit([await stage(resumed, 2, 4)], intend)
  expect(await resumed.finish()).toMatchObject({ rows: 4 })
  await resumed.close()
  expect(await read('out.csv')).toBe('n\n1\n2\n3\n4\n')
  expect(await readdir(folder)).toEqual(['out.csv'])
})

test('a staged part stays until a later commit, because the ledger may not have the record yet', async () => {
  const sink = await open({ path: 'out.csv' })
  const receipt = await stage(sink, 0, 1)
  await sink.commit([receipt], intend)
  await stat(receipt.files[0] as string)
  await sink.commit([await stage(sink, 1, 2)], intend)
  await expect(stat(receipt.files[0] as string)).rejects.toThrow('ENOENT')
  await sink.finish()
})

test('a resume after the final rename finds the file in place', async () => {
  const first = await open({ path: 'out.csv' })
  const { state } = await first.commit([await stage(first, 0, 1)], intend)
  await first.finish()
  const resumed = await open({ path: 'out.csv' }, state)
  expect(await resumed.finish()).toMatchObject({ rows: 1 })
  expect(await read('out.csv')).toBe('n\n1\n')
})

test('a resume without its hidden file says so', async () => {
  const sink = await open({ path: 'out.csv' })
  const { state } = await sink.commit([await stage(sink, 0, 1)], intend)
  await sink.finish()
  await writeFile(join(folder, 'other'), 'n\n')
  const { rename } = await import('node:fs/promises')
  await rename(join(folder, 'other'), join(folder, 'out.csv'))
  await expect(open({ path: 'out.csv' }, state)).rejects.toMatchObject({ code: 'output-lost' })
})

test('a folder commit that is done again after a crash changes nothing', async () => {
  const first = await open({ path: 'parts/' })
  const receipt = await stage(first, 3, 1)
  await first.commit([receipt], intend)
  const again = await open({ path: 'parts/' })
  await again.commit([receipt], intend)
  expect(await again.finish()).toMatchObject({ rows: 1 })
  expect(await readdir(join(folder, 'parts'))).toEqual(['part-run7-00000.csv'])
})

test('a file that somebody else makes during the run is not overwritten', async () => {
  const sink = await open({ path: 'out.csv' })
  await writeFile(join(folder, 'out.csv'), 'precious')
  await expect(sink.finish()).rejects.toMatchObject({ code: 'output-changed' })
  expect(await read('out.csv')).toBe('precious')
})
