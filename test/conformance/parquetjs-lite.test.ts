import { mkdtemp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bench, readSource } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import source from '../../nodes/sources/parquet.ts'

// Files of another writer than those of the shared conformance folders, present wherever the tests run.

interface ParquetJs {
  readonly ParquetSchema: new (fields: object) => object
  readonly ParquetWriter: {
    openFile(
      schema: object,
      path: string,
      options: object,
    ): Promise<{ appendRow(row: object): Promise<void>; close(): Promise<void> }>
  }
}

const fields = {
  id: { type: 'INT64' },
  text: { type: 'UTF8', optional: true },
  price: { type: 'DOUBLE', optional: true },
  flag: { type: 'BOOLEAN' },
  tags: { type: 'UTF8', repeated: true },
}

const row = (i: number) => ({
  id: i,
  ...(i % 3 && { text: `Zeile ${i} 😿` }),
  ...(i % 4 && { price: i / 8 }),
  flag: i % 2 === 0,
  tags: Array.from({ length: i % 3 }, (_, tag) => `t${tag}`),
})

test.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP'])(
  'what parquetjs-lite writes (%s) is read value for value',
  async (compression) => {
    const folder = await mkdtemp(join(tmpdir(), 'parquetjs-'))
    // A cast: the package has no types.
    const { ParquetSchema, ParquetWriter } = createRequire(import.meta.url)('parquetjs-lite') as ParquetJs
    const packed = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, { ...field, compression }]))
    const writer = await ParquetWriter.openFile(new ParquetSchema(packed), join(folder, 'a.parquet'), {
      rowGroupSize: 40,
    })
    for (let i = 0; i < 100; i++) await writer.appendRow(row(i))
    await writer.close()
    const { rows } = await readSource(source, { path: 'a.parquet' }, new Bench(folder))
    const expected = Array.from({ length: 100 }, (_, i) => ({ text: null, price: null, ...row(i), id: BigInt(i) }))
    expect(rows).toEqual(expected)
  },
)
