import { expect, test } from 'vitest'
import { resumeRun, startRun } from '../../runtime/engine/run.ts'
import { readRecord } from '../../runtime/engine/runfolder.ts'
import { ndjson, replay } from '../engine/replaying.ts'
import { Workplace } from '../engine/workplace.ts'
import { lanceRows, query } from '../scenarios/stored.ts'
import { traceOne } from './tracing.ts'

const source: [string, object] = ['sources/csv', { path: 'in.csv', types: { n: 'int64' } }]

/** Numbers, of which the second is none. */
function numbers(place: Workplace): void {
  place.write('in.csv', 'n,text\n1,a\nx,b\n3,c\n')
}

test('every sink stores the identities as its last column, also of rejected rows', async () => {
  const place = new Workplace()
  numbers(place)
  const sinks: Record<string, [string, object]> = {
    csv: ['sinks/csv', { path: 'out/rows.csv' }],
    ndjson: ['sinks/ndjson', { path: 'out/rows.ndjson' }],
    parquet: ['sinks/parquet', { path: 'out/rows/' }],
    arrow: ['sinks/arrow', { path: 'out/rows.arrow' }],
    lance: ['sinks/lancedb', { path: 'out/rows.lance', table: 'rows' }],
  }
  const ids = Object.keys(sinks)
  const file = place.pipeline(
    { in: source, ...sinks, bad: ['sinks/ndjson', { path: 'out/bad.ndjson' }] },
    [...ids.map((id) => ['in', id] as const), ['in.rejects', 'bad'] as const],
    { lineage: true },
  )
  const { folder } = await place.run(file)
  const of = (sink: string) => [1, 3].map((row) => `in:in.csv:${row}@${sink}`)
  expect(place.lines('out/rows.csv')).toEqual(['n,text,_identity', `1,a,${of('csv')[0]}`, `3,c,${of('csv')[1]}`])
  expect(place.rows('out/rows.ndjson').map((row) => row['_identity'])).toEqual(of('ndjson'))
  const parquet = await query(`select * from '${place.path('out/rows')}/*.parquet'`)
  expect(parquet.map((row) => row.at(-1))).toEqual(of('parquet'))
  expect((await lanceRows(place.path('out/rows.lance'), 'rows')).map((row) => row['_identity'])).toEqual(of('lance'))
  expect(place.rows('out/bad.ndjson').map((row) => row['_identity'])).toEqual(['in:in.csv:2'])
  for (const identity of [...of('arrow'), 'in:in.csv:2']) {
    const { fates } = await traceOne(folder, identity)
    expect(fates.filter(({ fate }) => fate === 'stored')).toMatchObject([{ identity }])
  }
})

test('a column of that name is a problem that says what to do', async () => {
  const place = new Workplace()
  place.write('in.csv', '_identity,n\na,1\n')
  const file = place.pipeline({ in: ['sources/csv', { path: 'in.csv' }], out: ndjson('out.ndjson') }, [['in', 'out']])
  const { problems, running } = await startRun({ file, lineage: true })
  expect(running).toBeNull()
  expect(problems).toMatchObject([
    { code: 'identity-column', place: { node: 'out' }, hint: expect.stringContaining('transforms/select') },
  ])
  expect((await place.run(file)).status).toBe('done')
})

test('a table that was made without identities takes none, and one with them wants them', async () => {
  const place = new Workplace()
  numbers(place)
  const store = (ifExists: string): [string, object] => [
    'sinks/lancedb',
    { path: 'out.lance', table: 'rows', ifExists },
  ]
  const first = place.pipeline({ in: source, out: store('replace') }, [['in', 'out']])
  await place.run(first)
  const adding = place.pipeline({ in: source, out: store('append') }, [['in', 'out']])
  const without = await startRun({ file: adding, lineage: true })
  expect(without.problems).toMatchObject([
    {
      code: 'columns-differ',
      message: expect.stringContaining('"_identity"'),
      hint: expect.stringMatching(/made without lineage/),
    },
  ])
  await place.run(place.pipeline({ in: source, out: store('replace') }, [['in', 'out']]), { lineage: true })
  const wanting = await startRun({ file: place.pipeline({ in: source, out: store('append') }, [['in', 'out']]) })
  expect(wanting.problems).toMatchObject([
    { code: 'columns-differ', hint: expect.stringMatching(/run with --lineage/) },
  ])
})

test('resume and replay keep it, and resume refuses a pipeline that says otherwise', async () => {
  const place = new Workplace()
  place.write('in.csv', 'n,by\n1,1\n2,0\n3,1\n')
  const nodes = (onError: string) => ({
    in: source,
    share: ['transforms/derive', { columns: { share: 'div(n, by)' }, onError }] as [string, object],
    out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'append' }] as [string, object],
  })
  const edges = [
    ['in', 'share'],
    ['share', 'out'],
  ] as const
  const failed = await place.run(place.pipeline(nodes('fail'), edges), { lineage: true })
  expect(failed.status).toBe('failed')
  place.pipeline(nodes('fail'), edges, { lineage: true })
  await expect(resumeRun(failed.folder)).rejects.toThrow(/settings\.lineage was false when it started and is true now/)

  const file = place.pipeline(nodes('reject'), edges)
  const { folder } = await place.run(file, { lineage: true, anew: true })
  place.write('in.csv', 'n,by\n1,1\n2,0\n3,1\n')
  const again = await replay(folder, { values: { 0: { by: 1 } } })
  expect(readRecord(again.folder).lineage).toBe(true)
  expect(place.rows('out.ndjson').map((row) => row['_identity'])).toEqual(['in:in.csv:1', 'in:in.csv:3', 'in:in.csv:2'])
})

test('a row that a sink rejected is replayed with the identity that it had', async () => {
  const place = new Workplace()
  place.write('in.csv', 'n,text\n1,a\n,b\n')
  const file = place.pipeline(
    { in: source, out: ['sinks/lancedb', { path: 'out.lance', table: 'rows', key: 'n', ifExists: 'replace' }] },
    [['in', 'out']],
  )
  const { folder, deadLetters } = await place.run(file, { lineage: true })
  expect(deadLetters.count).toBe(1)
  const rejected = await traceOne(folder, 'in.csv:2')
  expect(rejected.fates).toMatchObject([
    { fate: 'rejected', node: 'out', sentence: expect.stringContaining('The key "n" is null') },
  ])
  await replay(folder, { values: { 0: { n: 7 } } })
  const rows = await lanceRows(place.path('out.lance'), 'rows')
  expect(rows.map((row) => [Number(row['n']), row['_identity']]).sort()).toEqual([
    [1, 'in:in.csv:1'],
    [7, 'in:in.csv:2'],
  ])
})

test('a stopped run goes on with it', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 250_000)
  const file = place.pipeline({ in: source, out: ['sinks/csv', { path: 'out.csv' }] }, [['in', 'out']])
  const { running } = await startRun({ file, lineage: true, workers: 1 })
  running?.stop(130)
  const stopped = await running?.done
  expect(stopped).toMatchObject({ status: 'stopped' })
  const resumed = await resumeRun(stopped?.folder as string)
  expect(await resumed.running?.done).toMatchObject({ status: 'done', rows: { stored: 250_000 } })
  const lines = place.lines('out.csv')
  expect(lines[0]).toBe('n,text,_identity')
  expect(lines.findIndex((line, row) => row > 0 && line !== `${row},text ${row},in:in.csv:${row}`)).toBe(-1)
})
