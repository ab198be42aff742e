import { connect } from '@lancedb/lancedb'
import {
  Field as ArrowField,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow'
import type { Workplace } from './workplace.ts'

/** A pipeline from an Arrow file with the columns n, from 1, and text, one of which is no UTF-8, to LanceDB, which refuses that one. */
export function brokenText(place: Workplace, rows: number, broken: number, key?: string): string {
  const texts = Array.from({ length: rows }, (_, i) => Buffer.from(`text ${i + 1}`))
  texts[broken - 1] = Buffer.from([0x61, 0xff, 0x62])
  const offsets = Int32Array.from([0, ...texts.map(({ length }) => length)])
  for (let i = 1; i < offsets.length; i++) offsets[i] = (offsets[i] as number) + (offsets[i - 1] as number)
  const children = [
    makeData({ type: new Int64(), length: rows, data: BigInt64Array.from({ length: rows }, (_, i) => BigInt(i + 1)) }),
    makeData({ type: new Utf8(), length: rows, valueOffsets: offsets, data: Buffer.concat(texts) }),
  ]
  const schema = new Schema([new ArrowField('n', new Int64(), true), new ArrowField('text', new Utf8(), true)])
  const batch = new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows, children }))
  const writer = new RecordBatchFileWriter()
  writer.write(batch)
  writer.finish()
  place.write('in.arrow', writer.toUint8Array(true))
  return place.pipeline(
    {
      in: ['sources/arrow', { path: 'in.arrow' }],
      out: ['sinks/lancedb', { path: 'db', table: 't', ...(key && { key }) }],
    },
    [['in', 'out']],
  )
}

/** The n that are in its table, ascending. */
export async function idsStored(place: Workplace): Promise<number[]> {
  const table = await (await connect(place.path('db'))).openTable('t')
  const rows = await table.query().select(['n']).toArray()
  return rows.map(({ n }) => Number(n)).sort((a, b) => a - b)
}
