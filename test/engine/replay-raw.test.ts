import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { csv, left, ndjson, replay } from './replaying.ts'
import { Workplace } from './workplace.ts'

test('reads raw text as its file is written: packed, an array, a file that is gone, columns in another order', async () => {
  const place = new Workplace()
  place.write('a.csv.gz', gzipSync('n;text\n1;a\n?;b\n'))
  place.write('b.csv', 'text;n\nc;!\n')
  place.write('c.json', '[\n {"n": 4},\n {"n":\n "x"}\n]')
  const file = place.pipeline(
    {
      in: csv('*.csv*', { types: { n: 'int64' }, delimiter: ';' }),
      more: ['sources/ndjson', { path: 'c.json', types: { n: 'int64' } }],
      out: ndjson('out.ndjson'),
    },
    [
      ['in', 'out'],
      ['more', 'out'],
    ],
  )
  const report = await place.run(file)
  expect(left(report.folder).map(({ _identity }) => _identity)).toEqual([
    'in:a.csv.gz:2',
    'in:b.csv:1',
    'more:c.json:2',
  ])
  rmSync(place.path('a.csv.gz'))
  rmSync(place.path('c.json'))
  const raw = { 0: '2;"b;b"', 1: 'c;3', 2: '{"n":\n5}' }
  expect(await replay(report.folder, { raw })).toMatchObject({
    exitCode: 0,
    balanced: true,
    rows: { in: 3, stored: 3 },
  })
  expect(place.rows('out.ndjson').map(({ n, text }) => [n, text])).toEqual([
    [1, 'a'],
    [4, null],
    [2, 'b;b'],
    [3, 'c'],
    [5, null],
  ])
})

test('reads a file again that its source found too large', async () => {
  const place = new Workplace()
  place.write('docs/a.md', 'short')
  place.write('docs/b.md', 'longer than that')
  const pipeline = (maxSize: number) =>
    place.pipeline({ docs: ['sources/files', { path: 'docs', maxSize }], out: ndjson('out.ndjson') }, [['docs', 'out']])
  const report = await place.run(pipeline(10))
  expect(left(report.folder)).toMatchObject([{ _code: 'too-large', _identity: 'docs:docs/b.md:1' }])
  pipeline(100)
  expect(await replay(report.folder)).toMatchObject({ exitCode: 0, balanced: true })
  expect(place.rows('out.ndjson').map(({ text }) => text)).toEqual(['short', 'longer than that'])
})

test('takes a raw text for one row: none, two, and an open quote are rejected by themselves', async () => {
  const place = new Workplace()
  place.write('in.csv', 'n,text\nx,a\nx,b\nx,c\nx,d\n')
  const file = place.pipeline({ in: csv('in.csv', { types: { n: 'int64' } }), out: ndjson('out.ndjson') }, [
    ['in', 'out'],
  ])
  const report = await place.run(file)
  const raw = { 0: '1,"open', 1: '', 2: '3,a\n4,b', 3: '4,"good ""4"""' }
  expect(await replay(report.folder, { raw })).toMatchObject({
    exitCode: 3,
    balanced: true,
    rows: { in: 4, stored: 1, rejected: 3 },
  })
  expect(left(report.folder).map(({ _code, line, raw: text }) => [_code, line, text])).toEqual([
    ['unclosed-quote', 2, '1,"open'],
    ['no-row', 3, ''],
    ['several-rows', 4, '3,a\n4,b'],
  ])
  expect(place.rows('out.ndjson')).toEqual([{ n: 4, text: 'good "4"' }])
})

test('never stores a row of which a part was not kept', async () => {
  const place = new Workplace()
  place.write('in.csv', Buffer.from(`n,text\n1,a\nx,${'y'.repeat(70_000)}\n3,caf\xe9\n`, 'latin1'))
  const file = place.pipeline(
    { in: csv('in.csv', { types: { n: 'int64' }, encoding: 'utf-8' }), out: ndjson('out.ndjson') },
    [['in', 'out']],
  )
  const report = await place.run(file)
  expect(left(report.folder).length).toBe(2)
  const written = JSON.parse(readFileSync(file, 'utf8')) as { nodes: { in: { config: { types: object } } } }
  written.nodes.in.config.types = { n: 'string' }
  writeFileSync(file, JSON.stringify(written))
  await replay(report.folder)
  expect(left(report.folder).map(({ _code }) => _code)).toEqual(['raw-cut', 'raw-lost'])
})
