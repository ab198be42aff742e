import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bench, readSource } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import { example } from '../formats/parquet/example.ts'
import parquet from './parquet.ts'

test('a file gives its rows with types, nulls and row numbers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parquet-'))
  await writeFile(join(folder, 'a.parquet'), example())
  const read = await readSource(parquet, { path: 'a.parquet' }, new Bench(folder))
  expect(read.problems).toEqual([])
  expect(read.rows).toEqual([
    { id: 1n, city: 'Zürich', people: 443037 },
    { id: 2n, city: null, people: 12 },
    { id: 3n, city: '東京', people: 14264798 },
  ])
  expect(read.identities).toEqual(['test:a.parquet:1', 'test:a.parquet:2', 'test:a.parquet:3'])
})
