import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listRuns, type Report, replayRun, resumeRun } from '@headrace/runtime'
import { describe, expect, test } from 'vitest'
import { csv, left, ndjson, type Question, replay } from './replaying.ts'
import { Workplace } from './workplace.ts'

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

  test('what a later run has replaced', async () => {
    const { place, report } = await oneRejected()
    const later = await place.run(place.path('pipeline.json'))
    await expect(refusal(report.folder)).rejects.toThrow(
      `run ${later.runId} has replaced what run ${report.runId} stored in out`,
    )
    expect(await replay(later.folder, { values: { 0: { by: 1 } } })).toMatchObject({ exitCode: 0 })
  })

  test('a replay that was stopped before it stored anything, when another has run its rows since', async () => {
    const { report } = await oneRejected()
    const { running } = await replayRun({ values: { 0: { by: 1 } } }, { run: report.folder })
    running?.stop(130)
    const stopped = (await running?.done) as Report
    expect(stopped).toMatchObject({ status: 'stopped', rows: { stored: 0 } })
    await replay(report.folder, { values: { 0: { by: 1 } } })
    await expect(resumeRun(stopped.folder)).rejects.toThrow('has replayed these rows since')
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
