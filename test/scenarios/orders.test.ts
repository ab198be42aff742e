import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'

/** A CSV as a German office writes it: windows-1252, semicolons, decimal commas, a newline in a text, one broken row. */
const orders = `Bestell-Nr;Kunde;Datum;Betrag;Bemerkung
001;Müller & Söhne;05.11.2026;1.234,56;"Lieferung; an ""Tür"""
002;Jürgen Groß;17.11.2026;12,00;
003;Ähre;31.12.2026;-5,5;"zwei
Zeilen"
004;kaputt;99.99.2026;n/a;
005;Özil;01.01.2027;1.000.000,01;letzte
`
const more = 'Bestell-Nr;Kunde;Datum;Betrag;Filiale\n006;Weiß;02.01.2027;7,25;Köln\n'

test('German orders, packed and plain, come through with their types, and the broken row goes where rejects lead', async () => {
  const place = new Workplace()
  place.write('orders/a.csv.gz', gzipSync(Buffer.from(orders, 'latin1')))
  place.write('orders/sub/b.csv', Buffer.from(more, 'latin1'))
  const types = { Datum: 'date', Betrag: 'decimal(12, 2)' }
  const file = place.pipeline(
    {
      first: ['sources/csv', { path: 'orders/*.csv.gz', types }],
      second: ['sources/csv', { path: 'orders/**/*.csv', types, decimal: ',', dateFormat: '%d.%m.%Y' }],
      facts: [
        'transforms/derive',
        { columns: { month: 'month(Datum)', who: 'row["Bestell-Nr"] + "/" + upper(Kunde)' } },
      ],
      sizes: ['transforms/route', { routes: [{ port: 'large', where: 'number(Betrag) >= 1000.0' }] }],
      large: ['sinks/ndjson', { path: 'large.ndjson' }],
      small: ['sinks/ndjson', { path: 'small.ndjson' }],
      broken: ['sinks/csv', { path: 'broken.csv' }],
    },
    [
      ['first', 'facts'],
      ['second', 'facts'],
      ['facts', 'sizes'],
      ['sizes.large', 'large'],
      ['sizes.otherwise', 'small'],
      ['first.rejects', 'broken'],
      ['second.rejects', 'broken'],
    ],
  )
  const report = await place.run(file)
  expect(report).toMatchObject({ exitCode: 0, balanced: true, deadLetters: { count: 0 } })
  expect(place.rows('large.ndjson')).toEqual([
    {
      'Bestell-Nr': '001',
      Kunde: 'Müller & Söhne',
      Datum: '2026-11-05',
      Betrag: '1234.56',
      Bemerkung: 'Lieferung; an "Tür"',
      Filiale: null,
      month: 11,
      who: '001/MÜLLER & SÖHNE',
    },
    expect.objectContaining({ Kunde: 'Özil', Betrag: '1000000.01', month: 1 }),
  ])
  expect(place.rows('small.ndjson')).toMatchObject([
    { 'Bestell-Nr': '002', Bemerkung: null },
    { 'Bestell-Nr': '003', Betrag: '-5.50', Bemerkung: 'zwei\nZeilen' },
    { 'Bestell-Nr': '006', Kunde: 'Weiß', Filiale: 'Köln', Bemerkung: null },
  ])
  const [head, row, ...rest] = place.lines('broken.csv')
  expect(rest).toEqual([])
  expect(head).toBe('raw,file,line,byte,_node,_identity,_code,_message,_column')
  expect(row).toMatch(
    /^004;kaputt;99\.99\.2026;n\/a;,orders\/a\.csv\.gz,6,\d+,first,first:orders\/a\.csv\.gz:4,bad-date,/,
  )
})

test('rows that a transform and a sink reject meet in one sink, as they entered these nodes', async () => {
  const place = new Workplace()
  place.write('in.ndjson', '{"id":"a","n":"1"}\n{"id":"b","n":"x"}\n{"id":null,"n":"3"}\n{"id":"a","n":"4"}\n')
  const file = place.pipeline(
    {
      in: ['sources/ndjson', { path: 'in.ndjson' }],
      cast: ['transforms/select', { columns: ['id', { column: 'n', as: 'number', type: 'int64' }] }],
      store: ['sinks/lancedb', { path: 'lance', table: 't', key: 'id' }],
      bad: ['sinks/ndjson', { path: 'bad.ndjson' }],
    },
    [
      ['in', 'cast'],
      ['cast', 'store'],
      ['cast.rejects', 'bad'],
      ['store.rejects', 'bad'],
    ],
  )
  expect(await place.run(file)).toMatchObject({
    exitCode: 0,
    nodes: { store: { in: 3, parents: 2, rejected: 1, replaced: 1 }, bad: { in: 2, out: 2 } },
    outputs: [{ node: 'store', rows: 1 }, { rows: 2 }],
  })
  expect(place.rows('bad.ndjson')).toMatchObject([
    { id: 'b', n: 'x', number: null, _node: 'cast', _identity: 'in:in.ndjson:2' },
    { id: null, n: null, number: 3, _node: 'store', _identity: 'in:in.ndjson:3' },
  ])
})
