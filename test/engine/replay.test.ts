import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { listRuns, type Report, replayRun } from '@headrace/runtime'
import { describe, expect, test } from 'vitest'
import { lanceRows, numbersIn, query } from '../scenarios/stored.ts'
import { Workplace } from './workplace.ts'

type Question = Parameters<typeof replayRun>[0]

const csv = (path: string, more: object = {}): [string, object] => ['sources/csv', { path, ...more }]
const ndjson = (path: string): [string, object] => ['sinks/ndjson', { path, ifExists: 'replace' }]

/** Replays a run to its end. */
async function replay(run: string, question: Question = {}): Promise<Report> {
  const { running, problems } = await replayRun(question, { run })
  if (!running) throw new Error(`nothing was replayed: ${problems.map(({ message }) => message).join('; ')}`)
  return await running.done
}

/** The rejected rows that a run has left. */
function left(folder: string): Record<string, unknown>[] {
  const file = join(folder, 'dead-letters.ndjson')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** A file as a German office writes it, in windows-1252, with one row in line 17 whose quote is not closed. */
function turnover(place: Workplace, line17: string): void {
  const row = (i: number) =>
    `${String(i).padStart(2, '0')}.11.2026;"Müller & Söhne ${i}";Schraube M${i};${i};1.${200 + i},5${i % 10}`
  const lines = Array.from({ length: 30 }, (_, i) => row(i + 1))
  lines[15] = line17
  place.write('umsatz.csv', Buffer.from(['Datum;Kunde;Artikel;Menge;Preis', ...lines, ''].join('\r\n'), 'latin1'))
}

describe('a replay', () => {
  test('of a mended row puts it into Parquet and LanceDB once, and nothing is rejected any more', async () => {
    const place = new Workplace()
    turnover(place, '16.11.2026;"Müller & Söhne 16;Schraube M16;16;1.216,56')
    const file = place.pipeline(
      {
        umsatz: csv('umsatz.csv'),
        parquet: ['sinks/parquet', { path: 'umsatz.parquet' }],
        lance: ['sinks/lancedb', { path: 'lance', table: 'umsatz', ifExists: 'replace' }],
      },
      [
        ['umsatz', 'parquet'],
        ['umsatz', 'lance'],
      ],
    )
    const report = await place.run(file)
    expect(report).toMatchObject({ exitCode: 3, rows: { in: 30, rejected: 1 }, balanced: true })
    expect(left(report.folder)).toMatchObject([
      {
        raw: '16.11.2026;"Müller & Söhne 16;Schraube M16;16;1.216,56',
        line: 17,
        _identity: 'umsatz:umsatz.csv:16',
        _message: expect.stringContaining('line 17: a field opens with a quote (") that is not closed'),
      },
    ])

    const raw = { 0: '16.11.2026;"Müller & Söhne 16";Schraube M16;16;1.216,56' }
    const again = await replay(report.folder, { raw })
    expect(again).toMatchObject({ exitCode: 0, balanced: true, deadLetters: { count: 0 } })
    expect(again.rows).toEqual({ in: 1, stored: 2, filtered: 0, rejected: 0 })
    expect(left(report.folder)).toEqual([])
    const [counts] = await query(
      `select count(*), count(distinct Menge), max(case when Menge = 16 then Preis end), max(case when Menge = 16 then Kunde end) from '${place.path('umsatz.parquet')}'`,
    )
    expect(counts).toEqual([30n, 30n, 1216.56, 'Müller & Söhne 16'])
    const stored = await lanceRows(place.path('lance'), 'umsatz')
    expect(stored.length).toBe(30)
    expect(stored.filter(({ Menge }) => Number(Menge) === 16)).toMatchObject([{ Preis: 1216.56 }])

    const record = JSON.parse(readFileSync(join(again.folder, 'run.json'), 'utf8')) as Record<string, unknown>
    expect(record).toMatchObject({ replayOf: report.runId, rowsExpected: 1 })
    expect(record['replay']).toMatchObject({
      before: expect.stringMatching(/^[0-9a-f]{64}$/),
      after: expect.any(String),
    })
    expect((await replayRun({}, { run: report.folder })).running).toBe(null)
  })

  test('of a number with a letter in it says line and column again until it is mended', async () => {
    const place = new Workplace()
    turnover(place, '16.11.2026;"Müller & Söhne 16";Schraube M16;16;1.216,5O')
    const types = { Preis: 'float64' }
    const file = place.pipeline({ umsatz: csv('umsatz.csv', { types }), out: ndjson('out.ndjson') }, [
      ['umsatz', 'out'],
    ])
    const report = await place.run(file)
    expect(left(report.folder)).toMatchObject([{ line: 17, _column: 'Preis' }])
    const byte = left(report.folder)[0]?.['byte']
    const raw = '16.11.2026;"Müller & Söhne 16";Schraube M16;16;1.216,5I'
    const second = await replay(report.folder, { raw: { 0: raw } })
    expect(second).toMatchObject({ exitCode: 3, balanced: true, rows: { in: 1, stored: 0, rejected: 1 } })
    expect(left(report.folder)).toMatchObject([
      {
        raw,
        line: 17,
        byte,
        _identity: 'umsatz:umsatz.csv:16',
        _message: expect.stringContaining('line 17, column "Preis": "1.216,5I"'),
      },
    ])
    await replay(report.folder, { raw: { 0: raw.replace('I', '6') } })
    expect(left(report.folder)).toEqual([])
    expect(left(second.folder), 'the replay before has it no more').toEqual([])
    expect(
      place
        .rows('out.ndjson')
        .map(({ Menge }) => Menge)
        .sort((a, b) => Number(a) - Number(b)),
    ).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  })

  const outputs = ['one.ndjson', 'one.csv', 'one.parquet', 'one.arrow', 'nd/', 'cs/', 'pq/', 'ar/']
  const kinds: Record<string, string> = { nd: 'ndjson', cs: 'csv', pq: 'parquet', ar: 'arrow' }

  test.each(['fail', 'replace', 'append'])(
    'adds to every kind of output where ifExists says "%s"',
    async (ifExists) => {
      const place = new Workplace()
      place.write('in.csv', 'n,text\n1,a\nx2,b\n3,c\n')
      const sinks: Record<string, [string, object]> = {}
      for (const path of outputs) {
        const kind = path.includes('.') ? path.split('.')[1] : kinds[path.slice(0, 2)]
        sinks[path.replace(/\W/g, '')] = [`sinks/${kind}`, { path: `out/${path}`, ifExists }]
      }
      sinks['added'] = ['sinks/lancedb', { path: 'lance', table: 'added', ifExists }]
      sinks['keyed'] = ['sinks/lancedb', { path: 'lance', table: 'keyed', key: 'n', ifExists }]
      const file = place.pipeline(
        { in: csv('in.csv', { types: { n: 'int64' } }), ...sinks },
        Object.keys(sinks).map((id): [string, string] => ['in', id]),
      )
      const report = await place.run(file)
      expect(await replay(report.folder, { raw: { 0: '2,b' } })).toMatchObject({ exitCode: 0, balanced: true })
      const sorted = (numbers: number[]) => numbers.sort((a, b) => a - b)
      for (const path of outputs)
        expect(sorted(await numbersIn(place.path(`out/${path}`), 'n')), path).toEqual([1, 2, 3])
      for (const table of ['added', 'keyed'])
        expect(sorted((await lanceRows(place.path('lance'), table)).map(({ n }) => Number(n))), table).toEqual([
          1, 2, 3,
        ])
    },
  )

  test('gives a transform the row as it was, with new values and every type', async () => {
    const place = new Workplace()
    place.write(
      'in.ndjson',
      '{"n":9007199254740993,"d":"12.50","day":"2026-11-05","tags":["a"],"by":0}\n{"n":2,"d":"1.00","day":null,"tags":null,"by":1}\n',
    )
    const file = place.pipeline(
      {
        in: ['sources/ndjson', { path: 'in.ndjson', types: { d: 'decimal(9, 2)', day: 'date' } }],
        share: ['transforms/derive', { columns: { share: 'div(n, by)' } }],
        out: ndjson('out.ndjson'),
      },
      [
        ['in', 'share'],
        ['share', 'out'],
      ],
    )
    const report = await place.run(file)
    expect(left(report.folder)).toMatchObject([{ _node: 'share', by: 0 }])
    const again = await replay(report.folder, { values: { 0: { by: 2 } } })
    expect(again).toMatchObject({ exitCode: 0, balanced: true, rows: { in: 1, stored: 1 } })
    expect(again.nodes['in']).toMatchObject({ in: 0 })
    expect(again.nodes['share']).toMatchObject({ in: 1, out: 1 })
    expect(place.lines('out.ndjson')[1]).toBe(
      '{"n":9007199254740993,"d":"12.50","day":"2026-11-05","tags":["a"],"by":2,"share":4503599627370496}',
    )
  })

  test('under a mended pipeline needs no mended row, and keeps rows that were not asked for', async () => {
    const place = new Workplace()
    place.write('in.csv', 'n,by\n1,0\n2,0\n3,1\n4,0\n')
    const nodes = (expression: string): Parameters<Workplace['pipeline']>[0] => ({
      in: csv('in.csv'),
      share: ['transforms/derive', { columns: { share: expression } }],
      out: ndjson('out.ndjson'),
    })
    const edges = [
      ['in', 'share'],
      ['share', 'out'],
    ] as const
    const report = await place.run(place.pipeline(nodes('div(n, by)'), edges))
    place.pipeline(nodes('by == 0 ? 0 : div(n, by)'), edges)
    expect(await replay(report.folder, { rows: [0, 2] })).toMatchObject({ exitCode: 0, rows: { in: 2, stored: 2 } })
    expect(left(report.folder)).toMatchObject([{ n: 2 }])
    await replay(report.folder)
    expect(left(report.folder)).toEqual([])
    expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual([3, 1, 4, 2])
  })

  test('of pieces keeps their identities, and what fails further down is left with its own', async () => {
    const place = new Workplace()
    place.write('in.ndjson', '{"n":1,"parts":[5,0,2]}\n{"n":2,"parts":null}\n')
    const nodes = (to: number): Parameters<Workplace['pipeline']>[0] => ({
      in: ['sources/ndjson', { path: 'in.ndjson' }],
      pieces: ['transforms/explode', { column: 'parts' }],
      share: ['transforms/derive', { columns: { share: `div(10, parts - ${to})` } }],
      out: ndjson('out.ndjson'),
    })
    const edges = [
      ['in', 'pieces'],
      ['pieces', 'share'],
      ['share', 'out'],
    ] as const
    const report = await place.run(place.pipeline(nodes(0), edges))
    expect(left(report.folder).map(({ _identity }) => _identity)).toEqual(['in:in.ndjson:1.1'])
    await replay(report.folder, { values: { 0: { parts: 4 } } })
    expect(left(report.folder)).toEqual([])
    expect(place.rows('out.ndjson').map(({ share }) => share)).toEqual([2, 5, 2])
  })

  test('asks a model again for the rows that it failed on', async () => {
    const place = new Workplace()
    place.numbers('in.csv', 20)
    const pipeline = (poison: number) =>
      place.pipeline({ in: csv('in.csv'), twice: ['models/picky', { poison }], out: ndjson('out.ndjson') }, [
        ['in', 'twice'],
        ['twice', 'out'],
      ])
    const report = await place.run(pipeline(7))
    expect(left(report.folder)).toMatchObject([{ n: 7, _node: 'twice', _code: 'model-failed' }])
    pipeline(-1)
    expect(await replay(report.folder)).toMatchObject({ exitCode: 0, balanced: true })
    expect(place.rows('out.ndjson').at(-1)).toMatchObject({ n: 7, twice: 14 })
  })

  test('gives a sink the rows that it refused', async () => {
    const place = new Workplace()
    place.write('in.csv', 'id,text\n1,a\n,b\n')
    const file = place.pipeline(
      {
        in: csv('in.csv'),
        store: ['sinks/lancedb', { path: 'lance', table: 't', key: 'id' }],
        copy: ndjson('copy.ndjson'),
      },
      [
        ['in', 'store'],
        ['in', 'copy'],
      ],
    )
    const report = await place.run(file)
    expect(left(report.folder)).toMatchObject([{ _node: 'store', _identity: 'in:in.csv:2@store', id: null }])
    expect(await replay(report.folder, { values: { 0: { id: 2 } } })).toMatchObject({ exitCode: 0, balanced: true })
    expect((await lanceRows(place.path('lance'), 't')).length).toBe(2)
    expect(place.rows('copy.ndjson').length, 'the other way had the row already').toBe(2)
  })

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
      place.pipeline({ docs: ['sources/files', { path: 'docs', maxSize }], out: ndjson('out.ndjson') }, [
        ['docs', 'out'],
      ])
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
})

describe('between two replays', () => {
  async function threeRejected() {
    const place = new Workplace()
    place.write('in.csv', 'n\nx\ny\nz\n4\n')
    const file = place.pipeline({ in: csv('in.csv', { types: { n: 'int64' } }), out: ndjson('out.ndjson') }, [
      ['in', 'out'],
    ])
    return { place, file, report: await place.run(file) }
  }

  test('a crash before the rows left their file is made good by the next one: no row is stored twice', async () => {
    const { place, report } = await threeRejected()
    const file = join(report.folder, 'dead-letters.ndjson')
    const before = readFileSync(file)
    const first = await replay(report.folder, { rows: [0, 1], raw: { 0: '1', 1: 'still wrong' } })
    const after = readFileSync(file, 'utf8')
    // As if the process had gone away when the rows were stored and the file was not written yet.
    writeFileSync(file, before)
    rmSync(join(first.folder, 'settled'))
    const second = await replay(report.folder, { rows: [1], raw: { 1: '3' } })
    expect(second.rows).toMatchObject({ in: 1, stored: 1 })
    expect(left(report.folder)).toMatchObject([{ raw: 'still wrong' }])
    expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual([4, 1, 3])
    // And as if it had gone away between the file and the mark.
    writeFileSync(file, after)
    rmSync(join(second.folder, 'settled'))
    expect((await replayRun({ rows: [0], raw: { 0: '2' } }, { run: report.folder })).running).not.toBe(null)
  })

  test('a replay is named as well as its run: its rejected rows are the run’s', async () => {
    const { place, report } = await threeRejected()
    const first = await replay(report.folder, { raw: { 0: '1', 1: '!', 2: '?' } })
    expect(left(first.folder).map(({ raw }) => raw)).toEqual(['!', '?'])
    const second = await replay(first.folder, { rows: [1], raw: { 1: '3' } })
    expect(second.rows).toMatchObject({ in: 1, stored: 1 })
    expect(left(report.folder).map(({ raw }) => raw)).toEqual(['!'])
    expect(left(first.folder).map(({ raw }) => raw)).toEqual(['!'])
    await replay(first.folder, { raw: { 0: '2' } })
    expect(left(report.folder)).toEqual([])
    expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual([4, 1, 3, 2])
    expect(listRuns(place.path('.headrace')).filter(({ run }) => run.replayOf === report.runId).length).toBe(3)
  })
})

describe('is refused', () => {
  async function oneRejected() {
    const place = new Workplace()
    place.write('in.csv', 'n,by\n1,0\n')
    const nodes: Parameters<Workplace['pipeline']>[0] = {
      in: csv('in.csv'),
      share: ['transforms/derive', { columns: { share: 'div(n, by)' } }],
      out: ndjson('out.ndjson'),
    }
    const file = place.pipeline(nodes, [
      ['in', 'share'],
      ['share', 'out'],
    ])
    return { place, nodes, report: await place.run(file) }
  }
  const refusal = (folder: string, question: Question = {}) => replayRun(question, { run: folder })

  test('a place that is none, a column that is none, a value of another type', async () => {
    const { report } = await oneRejected()
    await expect(refusal(report.folder, { rows: [1] })).rejects.toThrow(
      'there is no rejected row 1: there is one, row 0',
    )
    await expect(refusal(report.folder, { values: { 0: { from: 1 } } })).rejects.toThrow(
      'row 0 has no column "from" to mend',
    )
    await expect(refusal(report.folder, { raw: { 0: '1,1' } })).rejects.toThrow('row 0 has no column "raw" to mend')
    await expect(refusal(report.folder, { values: { 0: { by: 'two' } } })).rejects.toThrow(
      'row 0 cannot enter share: "two" is no int64',
    )
    expect(listRuns(join(report.folder, '..', '..')).length).toBe(1)
    expect(left(report.folder).length).toBe(1)
  })

  test('a node that is gone, leads nowhere, or has another column', async () => {
    const { place, nodes, report } = await oneRejected()
    const { share: _, ...others } = nodes
    place.pipeline(others, [['in', 'out']])
    await expect(refusal(report.folder)).rejects.toThrow('share, which rejected row 0, is not in the pipeline any more')
    place.pipeline(nodes, [
      ['in', 'share'],
      ['in', 'out'],
    ])
    await expect(refusal(report.folder)).rejects.toThrow('share leads to no sink any more')
    place.pipeline({ ...nodes, more: ['transforms/derive', { columns: { extra: '1' } }] }, [
      ['in', 'more'],
      ['more', 'share'],
      ['share', 'out'],
    ])
    await expect(refusal(report.folder)).rejects.toThrow('row 0 was rejected when share had no column "extra"')
    expect(await replay(report.folder, { values: { 0: { extra: 5, by: 1 } } })).toMatchObject({ exitCode: 0 })
  })

  test('a pipeline with problems', async () => {
    const { place, nodes, report } = await oneRejected()
    place.pipeline({ ...nodes, share: ['transforms/derive', { columns: { share: 'div(n, nothing)' } }] }, [
      ['in', 'share'],
      ['share', 'out'],
    ])
    const { running, problems } = await refusal(report.folder)
    expect(running).toBe(null)
    expect(problems).toMatchObject([{ severity: 'error', place: { node: 'share' } }])
  })
})

test('100,000 rejected rows are replayed in parts', { timeout: 240_000 }, async () => {
  const place = new Workplace()
  const rows = Array.from({ length: 100_000 }, (_, i) => `${i + 1},0\n`)
  place.write('in.csv', `n,by\n${rows.join('')}`)
  const pipeline = (expression: string) =>
    place.pipeline(
      { in: csv('in.csv'), share: ['transforms/derive', { columns: { s: expression } }], out: ndjson('out.ndjson') },
      [
        ['in', 'share'],
        ['share', 'out'],
      ],
      { errorLimit: 100_000 },
    )
  const report = await place.run(pipeline('div(n, by)'))
  expect(report.deadLetters.count).toBe(100_000)
  pipeline('n % 1000 == 0 ? div(n, by) : n')
  const again = await replay(report.folder)
  expect(again).toMatchObject({ status: 'done', balanced: true, rows: { in: 100_000, stored: 99_900, rejected: 100 } })
  expect(left(report.folder).map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, i) => (i + 1) * 1000))
  expect(place.lines('out.ndjson').length).toBe(99_900)
})
