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
import { expect, test } from 'vitest'
import { decodeLedger } from '../../runtime/engine/ledger.ts'
import { Workplace } from './workplace.ts'

/** An Arrow file with the columns n, from 1, and text, one of which is no UTF-8. */
function withBrokenText(place: Workplace, rows: number, broken: number): void {
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
}

test.each([[undefined], ['n']])(
  'a row that LanceDB refuses is found; 511 of 512 are stored once (key %s)',
  async (key) => {
    const place = new Workplace()
    withBrokenText(place, 512, 77)
    const pipeline = place.pipeline(
      {
        in: ['sources/arrow', { path: 'in.arrow' }],
        out: ['sinks/lancedb', { path: 'db', table: 't', ...(key && { key }) }],
      },
      [['in', 'out']],
    )
    const report = await place.run(pipeline)
    expect(report).toMatchObject({ status: 'done', balanced: true, rows: { stored: 511, rejected: 1 } })
    const table = await (await connect(place.path('db'))).openTable('t')
    const ids = (await table.query().select(['n']).toArray()).map(({ n }) => Number(n)).sort((a, b) => a - b)
    expect(ids).toEqual(Array.from({ length: 512 }, (_, i) => i + 1).filter((n) => n !== 77))
    const { records } = decodeLedger(place.lines(`.headrace/runs/${report.runId}/ledger`).join('\n') + '\n')
    if (!key) expect(records.filter(({ type }) => type === 'intent').length, 'calls').toBeLessThanOrEqual(20)
    expect(place.rows(`.headrace/runs/${report.runId}/dead-letters.ndjson`)).toMatchObject([
      { n: 77, _node: 'out', _code: 'lancedb-refused', _message: expect.stringMatching(/UTF-?8/i) },
    ])
  },
)
