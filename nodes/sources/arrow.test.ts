import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bench, readSource } from '@headrace/runtime/testing'
import { Dictionary, Int8, Int32, type RecordBatch, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow'
import { expect, test } from 'vitest'
import { cutSplits } from '../formats/arrow/splits.ts'
import arrow from './arrow.ts'

function files(contents: Record<string, Uint8Array>): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'arrow-'))
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content)
  return new Bench(folder)
}

const tableOf = (from: number, to: number) =>
  new Table({
    n: vectorFromArray(
      Array.from({ length: to - from }, (_, i) => (i % 7 === 3 ? null : from + i)),
      new Int32(),
    ),
    word: vectorFromArray(
      Array.from({ length: to - from }, (_, i) => `w${(from + i) % 5}`),
      new Dictionary(new Utf8(), new Int8()),
    ),
  })
const rowsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ n: i % 7 === 3 ? null : from + i, word: `w${(from + i) % 5}` }))

test('record batches larger than a batch are cut, and rows keep their numbers across them', async () => {
  for (const format of ['file', 'stream'] as const) {
    const { rows, identities, detected } = await readSource(
      arrow,
      { path: 'a.arrow' },
      files({ 'a.arrow': tableToIPC(tableOf(0, 20_001), format) }),
    )
    expect(detected['format']).toBe(format)
    expect(rows).toEqual(rowsOf(0, 20_001))
    expect(identities[20_000]).toBe('test:a.arrow:20001')
  }
})

test('any cut into splits gives the same rows, dictionaries too', async () => {
  const [whole] = tableOf(0, 300).batches as [RecordBatch]
  const batches = [whole.slice(0, 50), whole.slice(50, 51), whole.slice(51, 51), whole.slice(51, 300)]
  const content = tableToIPC(new Table(batches), 'stream')
  const bench = files({ 'a.arrows': content })
  const expected = rowsOf(0, 300)
  for (const rows of [1, 40, 100, 1000]) {
    const cut = {
      ...arrow,
      splits: (context: Parameters<typeof arrow.splits>[0]) => cutSplits(context, { rows, bytes: 1 << 20 }),
    }
    const read = await readSource(cut, { path: 'a.arrows' }, bench)
    expect(read.rows).toEqual(expected)
    expect(read.identities).toEqual(expected.map((_, i) => `test:a.arrows:${i + 1}`))
  }
})

test('several files are a union by name; a column of two types is a problem', async () => {
  const one = tableToIPC(new Table({ a: vectorFromArray([1], new Int32()) }), 'file')
  const two = tableToIPC(new Table({ b: vectorFromArray(['x'], new Utf8()) }), 'stream')
  const { rows } = await readSource(arrow, { path: '*' }, files({ '1.arrow': one, '2.arrow': two }))
  expect(rows).toEqual([
    { a: 1, b: null },
    { a: null, b: 'x' },
  ])
  const other = tableToIPC(new Table({ a: vectorFromArray(['x'], new Utf8()) }), 'file')
  const { problems } = await readSource(arrow, { path: '*' }, files({ '1.arrow': one, '2.arrow': other }))
  expect(problems.map(({ code, message }) => [code, message])).toEqual([
    ['different-columns', '2.arrow: column "a" is string, in a file before it int32.'],
  ])
})

test('files without rows and without batches are read', async () => {
  const { schema } = tableOf(0, 1)
  const none = tableToIPC(new Table(schema), 'stream')
  const empty = tableToIPC(tableOf(0, 0), 'file')
  for (const content of [empty, none]) {
    const read = await readSource(arrow, { path: 'a.arrow' }, files({ 'a.arrow': content }))
    expect([read.rows, read.problems]).toEqual([[], []])
  }
})

test('what is no Arrow file, or only the beginning of one, is said', async () => {
  const whole = tableToIPC(tableOf(0, 100), 'file')
  const codes = async (content: Uint8Array) =>
    (await readSource(arrow, { path: 'a.arrow' }, files({ 'a.arrow': content }))).problems.map(({ code }) => code)
  expect(await codes(whole.subarray(0, whole.length - 20))).toEqual(['corrupt-file'])
  expect(await codes(Buffer.from('id;name\n1;x\n'))).toEqual(['corrupt-file'])
  expect(await codes(Buffer.from('FEA1........'))).toEqual(['unsupported'])
})

test('a stream that is cut off inside a batch fails when its splits are made', async () => {
  const stream = tableToIPC(tableOf(0, 1000), 'stream')
  const bench = files({ 'a.arrows': stream.subarray(0, stream.length - 500) })
  await expect(readSource(arrow, { path: 'a.arrows' }, bench)).rejects.toThrow(/a\.arrows is not a whole Arrow file/)
})
