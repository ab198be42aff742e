import { startRun } from '@headrace/runtime'
import { describe, expect, test } from 'vitest'
import { Workplace } from './workplace.ts'

const csv = (path: string, more: object = {}): [string, object] => ['sources/csv', { path, ...more }]
const ndjson = (path: string): [string, object] => ['sinks/ndjson', { path, ifExists: 'replace' }]

describe('a run', () => {
  test('keeps the order of the source over many splits and lanes, and its counts match', async () => {
    const place = new Workplace()
    place.numbers('in.csv', 250_000)
    const file = place.pipeline(
      { in: csv('in.csv'), even: ['transforms/filter', { where: 'n % 2 == 0' }], out: ndjson('out.ndjson') },
      [
        ['in', 'even'],
        ['even', 'out'],
      ],
    )
    const report = await place.run(file, { workers: 2 })
    expect(report).toMatchObject({ status: 'done', exitCode: 0, balanced: true, deadLetters: { count: 0, file: null } })
    expect(report.nodes['even']).toMatchObject({ in: 250_000, parents: 125_000, filtered: 125_000, rejected: 0 })
    expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(Array.from({ length: 125_000 }, (_, i) => (i + 1) * 2))
  })

  test('with a row that the source cannot read ends with code 3, and the row is in the dead letters', async () => {
    const place = new Workplace()
    place.write('in.csv', 'n,text\n1,a\nx,b\n3,c\n')
    const file = place.pipeline({ in: csv('in.csv', { types: { n: 'int64' } }), out: ndjson('out.ndjson') }, [
      ['in', 'out'],
    ])
    const report = await place.run(file)
    expect(report).toMatchObject({ status: 'done', exitCode: 3, balanced: true, deadLetters: { count: 1 } })
    expect(place.rows(report.deadLetters.file?.slice(place.folder.length + 1) as string)).toMatchObject([
      { raw: 'x,b', file: 'in.csv', line: 3, _node: 'in', _identity: 'in:in.csv:2', _column: 'n' },
    ])
    expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual([1, 3])
  })

  test('whose rejects have an edge writes them there, and they are no dead letters', async () => {
    const place = new Workplace()
    place.write('in.csv', 'n,text\n1,a\nx,b\n3,c\n')
    const file = place.pipeline(
      { in: csv('in.csv', { types: { n: 'int64' } }), out: ndjson('out.ndjson'), bad: ndjson('bad.ndjson') },
      [
        ['in', 'out'],
        ['in.rejects', 'bad'],
      ],
    )
    expect(await place.run(file)).toMatchObject({ exitCode: 0, balanced: true, deadLetters: { count: 0 } })
    expect(place.rows('bad.ndjson')).toMatchObject([
      { raw: 'x,b', _code: expect.any(String), _message: expect.stringContaining('"x"') },
    ])
  })

  test('fans out, routes, and unites again without losing or doubling a row', async () => {
    const place = new Workplace()
    place.numbers('in.csv', 30_000)
    const file = place.pipeline(
      {
        in: csv('in.csv'),
        kinds: [
          'transforms/route',
          {
            routes: [
              { port: 'small', where: 'n <= 10' },
              { port: 'round', where: 'n % 100 == 0' },
            ],
          },
        ],
        marked: ['transforms/derive', { columns: { kind: '"small"' } }],
        out: ndjson('out.ndjson'),
        copy: ndjson('copy.ndjson'),
      },
      [
        ['in', 'kinds'],
        ['kinds.small', 'marked'],
        ['marked', 'out'],
        ['kinds.round', 'out'],
        ['in', 'copy'],
      ],
    )
    const report = await place.run(file)
    expect(report).toMatchObject({ exitCode: 0, balanced: true })
    expect(report.nodes['kinds']).toMatchObject({ in: 30_000, parents: 310, filtered: 29_690 })
    const rows = place.rows('out.ndjson')
    expect(rows.length).toBe(310)
    expect(rows.slice(0, 10).map(({ kind }) => kind)).toEqual(new Array(10).fill('small'))
    expect(rows[10]).toEqual({ n: 100, text: 'text 100', kind: null })
    expect(place.lines('copy.ndjson').length).toBe(30_000)
  })

  test('stops after --limit rows in the order of the source', async () => {
    const place = new Workplace()
    place.numbers('in.csv', 250_000)
    const file = place.pipeline({ in: csv('in.csv'), out: ndjson('out.ndjson') }, [['in', 'out']])
    const report = await place.run(file, { limit: 120_005 })
    expect(report).toMatchObject({ exitCode: 0, balanced: true })
    expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(Array.from({ length: 120_005 }, (_, i) => i + 1))
  })

  test('takes the first rows with sample, and the counts still match', async () => {
    const place = new Workplace()
    place.numbers('in.csv', 250_000)
    const file = place.pipeline(
      { in: csv('in.csv'), few: ['transforms/sample', { first: 100_003 }], out: ndjson('out.ndjson') },
      [
        ['in', 'few'],
        ['few', 'out'],
      ],
    )
    const report = await place.run(file)
    expect(report).toMatchObject({ exitCode: 0, balanced: true })
    expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(Array.from({ length: 100_003 }, (_, i) => i + 1))
  })

  test('ends when more rows are rejected than errorLimit bears', async () => {
    const place = new Workplace()
    const rows = Array.from({ length: 2000 }, (_, i) => `${i % 5 ? i : 'x'},t`)
    place.write('in.csv', `n,text\n${rows.join('\n')}\n`)
    const file = place.pipeline({ in: csv('in.csv', { types: { n: 'int64' } }), out: ndjson('out.ndjson') }, [
      ['in', 'out'],
    ])
    const report = await place.run(file)
    expect(report).toMatchObject({ status: 'failed', exitCode: 1, error: { code: 'error-limit' } })
    expect(report.error?.message).toMatch(/400 of 2000 rows were rejected, most of them by in; the limit is 10 %/)
    expect(place.exists('out.ndjson')).toBe(false)
  })

  test('fails at the first bad row where onError says so, and names it', async () => {
    const place = new Workplace()
    place.write('in.csv', 'n,text\n1,a\nx,b\n')
    const file = place.pipeline(
      { in: csv('in.csv', { types: { n: 'int64' }, onError: 'fail' }), out: ndjson('out.ndjson') },
      [['in', 'out']],
    )
    const report = await place.run(file)
    expect(report).toMatchObject({
      status: 'failed',
      exitCode: 1,
      error: { place: { node: 'in', row: 2, line: 3, column: 'n' } },
    })
    expect(place.exists('out.ndjson')).toBe(false)
  })

  test('of a source without rows fails, unless ifEmpty is ok', async () => {
    const place = new Workplace()
    place.write('in.csv', 'n,text\n')
    const edges = [['in', 'out']] as const
    const strict = place.pipeline({ in: csv('in.csv'), out: ndjson('out.ndjson') }, edges)
    expect(await place.run(strict)).toMatchObject({ exitCode: 1, error: { code: 'no-rows' } })
    const lenient = place.pipeline({ in: csv('in.csv', { ifEmpty: 'ok' }), out: ndjson('out.ndjson') }, edges)
    expect(await place.run(lenient)).toMatchObject({ exitCode: 0 })
    expect(place.lines('out.ndjson')).toEqual([])
  })

  test('without files is refused before the first row, unless ifEmpty is ok', async () => {
    const place = new Workplace()
    const edges = [['in', 'out']] as const
    const strict = place.pipeline({ in: csv('none/*.csv'), out: ndjson('out.ndjson') }, edges)
    const { running, problems } = await startRun({ file: strict })
    expect(running).toBeNull()
    expect(problems).toMatchObject([{ severity: 'error', place: { node: 'in', setting: 'path' } }])
    const lenient = place.pipeline({ in: csv('none/*.csv', { ifEmpty: 'ok' }), out: ndjson('out.ndjson') }, edges)
    expect(await place.run(lenient)).toMatchObject({ exitCode: 0 })
  })

  test.each(['drop', 'double', 'swap'])('with a node that lies (%s) fails and names it', async (how) => {
    const place = new Workplace()
    place.numbers('in.csv', 100)
    const file = place.pipeline({ in: csv('in.csv'), liar: ['transforms/lie', { how }], out: ndjson('out.ndjson') }, [
      ['in', 'liar'],
      ['liar', 'out'],
    ])
    const report = await place.run(file)
    expect(report).toMatchObject({
      status: 'failed',
      exitCode: 1,
      error: { code: 'row-counts', place: { node: 'liar' } },
    })
    expect(place.exists('out.ndjson')).toBe(false)
  })

  test('tells an error in a worker with its cause', async () => {
    const place = new Workplace()
    place.numbers('in.csv', 100)
    const file = place.pipeline(
      { in: csv('in.csv'), bad: ['transforms/lie', { how: 'throw' }], out: ndjson('out.ndjson') },
      [
        ['in', 'bad'],
        ['bad', 'out'],
      ],
    )
    const report = await place.run(file)
    expect(report).toMatchObject({
      status: 'failed',
      exitCode: 1,
      error: { message: expect.stringContaining('cannot read row in:in.csv:31'), place: { node: 'bad' } },
    })
  })

  test('tries a commit again when the disk is full for a moment', async () => {
    const place = new Workplace()
    place.numbers('in.csv', 10)
    const file = place.pipeline({ in: csv('in.csv'), out: ['sinks/sleepy', { failCommits: 1 }] }, [['in', 'out']])
    expect(await place.run(file)).toMatchObject({ exitCode: 0, nodes: { out: { out: 10 } } })
  })

  test('beside another run of the same pipeline is refused, and the first is named', async () => {
    const place = new Workplace()
    place.numbers('in.csv', 10)
    const file = place.pipeline({ in: csv('in.csv'), out: ['sinks/sleepy', { milliseconds: 800 }] }, [['in', 'out']])
    const { running } = await startRun({ file })
    await expect(startRun({ file })).rejects.toMatchObject({
      code: 'another-run',
      message: expect.stringContaining(running?.id as string),
    })
    await running?.done
  })
})
