import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { TraceAnswer } from '../../runtime/server/api/trace.ts'
import { Workplace } from '../engine/workplace.ts'
import { trace } from '../trace/tracing.ts'
import { run } from './command.ts'

/** Prices of which one is no number, one is low and one lies on two lines. */
function shop() {
  const place = new Workplace()
  place.write('data.csv', 'id,name,price\n1,Ada,10\n2,"Bo\nben",20\n3,Cy,x\n4,Di,5\n5,Ada,30\n')
  const pipeline = place.pipeline(
    {
      orders: ['sources/csv', { path: 'data.csv', types: { price: 'float64' } }],
      keep: ['transforms/filter', { where: 'price > 7.0' }],
      gross: ['transforms/derive', { columns: { gross: 'price * 1.19', name: 'name + "!"' } }],
      out: ['sinks/ndjson', { path: 'out/rows.ndjson' }],
    },
    [
      ['orders', 'keep'],
      ['keep', 'gross'],
      ['gross', 'out'],
    ],
  )
  return { place, pipeline }
}

test('a row is shown after every node, with what changed, down to where it was stored', async () => {
  const { pipeline } = shop()
  expect((await run(['run', pipeline, '--lineage'])).code).toBe(3)
  const { stdout, code } = await run(['trace', pipeline, 'data.csv:2'])
  expect(code).toBe(0)
  const lines = stdout.split('\n').slice(1).join('\n')
  expect(lines).toBe(`
data.csv row 2, line 3  orders:data.csv:2
  2,"Bo⏎ben",20

orders  sources/csv
    id     2
    name   "Bo\\nben"
    price  20

keep  transforms/filter
    id     2
    name   "Bo\\nben"
    price  20

gross  transforms/derive
    id     2
  ~ name   "Bo\\nben!"  was "Bo\\nben"
    price  20
  + gross  23.799999999999997

out  sinks/ndjson  stored

✓ stored  orders:data.csv:2  written to out/rows.ndjson by out
`)
})

test('a filtered row names the expression and its values, a rejected one why and where it is kept', async () => {
  const { place, pipeline } = shop()
  await place.run(pipeline)
  const filtered = await run(['trace', pipeline, '4'])
  expect(filtered.stdout).toContain(
    'keep  transforms/filter  filtered\n  where  price > 7.0  is false\n    price = 5\n',
  )
  expect(filtered.stdout).toContain('∅ filtered  orders:data.csv:4  filtered by keep: price > 7.0 is false (price = 5)')
  const json = await run(['trace', pipeline, 'orders:data.csv:3', '--json'])
  const [row] = (JSON.parse(json.stdout) as TraceAnswer).rows
  expect(row).toMatchObject({ identity: 'orders:data.csv:3', file: 'data.csv', row: 3, line: 5, raw: '3,Cy,x' })
  expect(row?.steps).toMatchObject([
    { node: 'orders', outcome: 'rejected', rejected: { code: 'bad-number', column: 'price' } },
  ])
  expect(row?.fates).toMatchObject([
    { fate: 'rejected', node: 'orders', sentence: expect.stringContaining('dead-letters.ndjson') },
  ])
  place.write('mended.json', '{"raw": {"0": "3,Cy,8"}}')
  expect((await run(['replay', pipeline, '--mend', place.path('mended.json')])).code).toBe(0)
  const replayed = await run(['trace', pipeline, 'data.csv:3'])
  expect(replayed.stdout).toMatch(/rejected by orders: .*\(replayed by run \d{8}-\d{6}-\w{6}\)/)
})

test('rows are found by a value; what names none says what there is', async () => {
  const { place, pipeline } = shop()
  const { folder } = await place.run(pipeline)
  expect(await trace(folder, 'name=Ada', 1)).toMatchObject({ found: 2, rows: [{ identity: 'orders:data.csv:1' }] })
  expect(await trace(folder, 'price=30')).toMatchObject({
    found: 1,
    rows: [{ row: 5, fates: [{ fate: 'stored', output: place.path('out/rows.ndjson') }] }],
  })
  expect(await run(['trace', pipeline, 'id=77'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('no row has id=77'),
  })
  const wrong: [string, string][] = [
    ['data.csv:99', 'data.csv has no row 99: it has 5 rows'],
    ['data.csv:0', 'data.csv has no row 0'],
    ['other.csv:1', 'the run read no file "other.csv"\n  It read data.csv.'],
    ['gross=3', 'no source has the column "gross": gross makes it'],
    ['nmae=3', 'Did you mean "name"? There are id, name, price.'],
    ['nothing', '"nothing" names no row'],
  ]
  for (const [row, says] of wrong) {
    const { message, hint } = await trace(folder, row).then(
      () => ({ message: '', hint: '' }),
      (error: { message: string; hint: string }) => error,
    )
    expect(`${message}\n  ${hint}`).toContain(says)
  }
  const { code, stderr, stdout } = await run(['trace', pipeline, 'data.csv:99', '--json'])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('it has 5 rows') })
  expect(JSON.parse(stdout)).toMatchObject({ status: 'refused', exitCode: 2 })
})

test('a row goes through the pipeline as it was run; a changed file is refused', async () => {
  const { place, pipeline } = shop()
  await run(['run', pipeline, '--set', 'keep.where=price > 15.0'])
  const other = JSON.parse(place.lines('pipeline.json').join('\n')) as { nodes: { keep: { config: object } } }
  other.nodes.keep.config = { where: 'price > 1000.0' }
  writeFileSync(pipeline, JSON.stringify(other))
  const { stdout } = await run(['trace', pipeline, 'data.csv:1'])
  expect(stdout).toContain('has changed since this run; rows go through the pipeline as it was run')
  expect(stdout).toContain('filtered by keep: price > 15.0 is false (price = 10)')
  place.write('data.csv', 'id,name,price\n1,Ada,99\n')
  expect(await run(['trace', pipeline, 'data.csv:1'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/cannot be traced: data\.csv had \d+ bytes and now has \d+\n {2}Put the file back/),
  })
})

test('a run that failed has not stored the row yet; the row that stopped it says so', async () => {
  const { place, pipeline } = shop()
  place.write('data.csv', 'id,name,price\n1,Ada,10\n2,Bo,0\n')
  const other = JSON.parse(place.lines('pipeline.json').join('\n')) as { nodes: { keep: { config: object } } }
  other.nodes.keep.config = { where: '10 % id == 0 && div(10, int(price)) > 0', onError: 'fail' }
  writeFileSync(pipeline, JSON.stringify(other))
  expect((await place.run(pipeline)).exitCode).toBe(1)
  const waits = await run(['trace', pipeline, 'data.csv:1'])
  expect(waits.stdout).toMatch(/… waiting .* not stored by out yet: .* headrace resume \S+ goes on/)
  const stopped = await run(['trace', pipeline, 'data.csv:2'])
  expect(stopped.stdout).toContain('(onError is "fail": the run stopped there)')
  expect(stopped.stdout).toContain('the run has not stored its part yet')
})

test('the identity that --lineage stores leads back to the line, also of pieces and of a replaced row', async () => {
  const place = new Workplace()
  place.write('data.csv', 'id,text\n1,"one two three"\n2,four\n1,"five six"\n')
  const pipeline = place.pipeline(
    {
      docs: ['sources/csv', { path: 'data.csv' }],
      pieces: ['transforms/chunk', { column: 'text', by: 'characters', size: 5, overlap: 0 }],
      parts: ['sinks/csv', { path: 'out/parts.csv' }],
      store: ['sinks/lancedb', { path: 'out/store.lance', table: 'docs', key: 'id' }],
    },
    [
      ['docs', 'pieces'],
      ['pieces', 'parts'],
      ['docs', 'store'],
    ],
  )
  const { folder } = await place.run(pipeline, { lineage: true })
  const identities = place.lines('out/parts.csv').map((line) => line.split(',').at(-1) as string)
  expect(identities.slice(0, 4)).toEqual([
    '_identity',
    'docs:data.csv:1.0@pieces',
    'docs:data.csv:1.1@pieces',
    'docs:data.csv:1.2@pieces',
  ])
  const piece = await trace(folder, identities[2] as string)
  expect(piece.rows[0]).toMatchObject({
    line: 2,
    fates: [{ identity: 'docs:data.csv:1.1@pieces', fate: 'stored', node: 'parts' }],
  })
  expect(piece.rows[0]?.steps.map(({ node }) => node)).toEqual(['docs', 'pieces', 'parts'])
  const first = await trace(folder, 'docs:data.csv:1@store')
  expect(first.rows[0]?.fates).toMatchObject([
    {
      fate: 'replaced',
      sentence: expect.stringContaining('replaced by another row with id 1 (docs:data.csv:3@store)'),
    },
  ])
  const last = await trace(folder, 'docs:data.csv:3@store')
  expect(last.rows[0]?.fates).toMatchObject([
    { fate: 'stored', sentence: expect.stringContaining('it is there under id 1') },
  ])
})
