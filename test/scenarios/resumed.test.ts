import { appendFileSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Report, resumeRun, startRun } from '@headrace/runtime'
import { expect, test } from 'vitest'
import { headrace, run, start } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'

type Nodes = Record<string, [type: string, config?: object]>

/** Numbered rows of a CSV, `first` and on. */
const lines = (first: number, count: number): string =>
  `n,text\n${Array.from({ length: count }, (_, i) => `${first + i},text ${first + i}`).join('\n')}\n`

/** A pipeline over all files of `data`, one part of 100,000 rows at a time, each taking a while. */
function overData(place: Workplace, sink: [string, object], more: Nodes = {}, milliseconds = 60): string {
  const nodes: Nodes = {
    in: ['sources/csv', { path: 'data/*.csv' }],
    slow: ['transforms/slow', { milliseconds }],
    ...more,
    out: sink,
  }
  const ids = Object.keys(nodes)
  const edges = ids.slice(1).map((id, i): [string, string] => [ids[i] as string, id])
  return place.pipeline(nodes, edges, { workers: 1 })
}

/** Runs until something is stored, then stops. */
async function halfDone(file: string): Promise<Report> {
  const { running } = await startRun({ file })
  if (!running) throw new Error('it did not start')
  const ledger = join(running.folder, 'ledger')
  while (!readFileSync(ledger, 'utf8').includes('"done"')) await setTimeout(5)
  running.stop(130)
  const report = await running.done
  expect(report.status).toBe('stopped')
  return report
}

const numbers = (place: Workplace, name = 'out.ndjson') => place.rows(name).map(({ n }) => n as number)

test('resume refuses each changed setting by node, name, before and after, and other changes by name', async () => {
  const place = new Workplace()
  place.write('data/a.csv', lines(1, 220_000))
  const file = overData(place, ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'fail' }], {
    rows: ['transforms/filter', { where: 'n > 0' }],
  })
  const { folder } = await halfDone(file)
  const before = readFileSync(file, 'utf8')
  const tried = async (change: (text: string) => string) => {
    place.write('pipeline.json', change(before))
    const { problems, running } = await resumeRun(folder)
    expect(running).toBe(null)
    return problems.map(({ code, message, place: { node, setting } }) => ({ code, message, node, setting }))
  }
  expect(await tried((text) => text.replace('"n > 0"', '"n > 10"'))).toEqual([
    {
      code: 'changed-pipeline',
      node: 'rows',
      setting: 'where',
      message: expect.stringMatching(/^where was "n > 0" when run \S+ started and is "n > 10" now$/),
    },
  ])
  expect(await tried((text) => text.replace('"out.ndjson"', '"other.ndjson"'))).toMatchObject([
    { node: 'out', setting: 'path', message: expect.stringMatching(/"out.ndjson".*"other.ndjson"/) },
  ])
  expect(await tried((text) => text.replace('"where"', '"onError": "fail", "where"'))).toMatchObject([
    { node: 'rows', setting: 'onError', message: expect.stringMatching(/"reject".*"fail"/) },
  ])
  const both = await tried((text) =>
    text.replace('"milliseconds": 60', '"milliseconds": 61').replace('"n > 0"', '"n > 1"'),
  )
  expect(both.map(({ node }) => node)).toEqual(['slow', 'rows'])
  const without = (text: string) => {
    const pipeline = JSON.parse(text) as { nodes: Record<string, object>; edges: { from: string; to: string }[] }
    delete pipeline.nodes['rows']
    pipeline.edges = [
      { from: 'in', to: 'slow' },
      { from: 'slow', to: 'out' },
    ]
    return JSON.stringify(pipeline)
  }
  expect((await tried(without)).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^rows was there when run/),
    expect.stringMatching(/no connection slow → out/),
    expect.stringMatching(/a connection rows → out/),
    expect.stringMatching(/a connection slow → rows/),
  ])
  place.write('pipeline.json', before.replace('"n > 0"', '"n > 10"'))
  const refused = await run(['resume', file, '--json'])
  expect(refused.code).toBe(2)
  expect(JSON.parse(refused.stdout)).toMatchObject({
    status: 'refused',
    exitCode: 2,
    problems: [{ place: { node: 'rows' } }],
  })
  expect(refused.stderr).toMatch(/rows: where was "n > 0".*\n {2}Undo the change.*headrace run .* --anew/)
})

test('layout, names, notes, limits, workers, memory and defaults written out never refuse', async () => {
  const place = new Workplace()
  place.write('data/a.csv', lines(1, 220_000))
  const file = overData(place, ['sinks/ndjson', { path: 'out.ndjson' }])
  await halfDone(file)
  const before = readFileSync(file, 'utf8')
  const pipeline = JSON.parse(before) as Record<string, Record<string, Record<string, unknown>>>
  Object.assign(pipeline, {
    name: 'other',
    description: 'told',
    settings: { workers: 2, memory: '512MB', errorLimit: 5, deadLetters: 1 },
    layout: { in: [0, 0] },
    notes: { one: { text: 'note', at: [1, 1] } },
  })
  Object.assign(pipeline['nodes']?.['slow'] as object, { title: 'Slowly', note: 'why' })
  Object.assign(pipeline['nodes']?.['out']?.['config'] as object, { ifExists: 'fail' })
  place.write('pipeline.json', JSON.stringify(pipeline))
  const { stdout } = await run(['diff', place.write('before.json', before), file, '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ again: { resumes: true } })
  const { code, stderr } = await run(['resume', file])
  expect(code, stderr).toBe(0)
  expect(numbers(place)).toEqual(Array.from({ length: 220_000 }, (_, i) => i + 1))
})

test('the list of files is frozen: a later file waits for the next run, whatever is in it', async () => {
  const place = new Workplace()
  place.write('data/a.csv', lines(1, 220_000))
  const file = overData(place, ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'append' }])
  await halfDone(file)
  place.write('data/b.csv', lines(220_001, 10))
  place.write('data/0.csv', 'other,columns\nx,"y\n')
  expect(await run(['resume', file])).toMatchObject({ code: 0 })
  expect(numbers(place).length).toBe(220_000)
  rmSync(place.path('data/0.csv'))
  const { code, stdout } = await run(['run', file, '--new', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ filesNew: 1, filesSkipped: 1, rows: { in: 10 } })
  expect(numbers(place)).toEqual(Array.from({ length: 220_010 }, (_, i) => i + 1))
})

test('changed and missing files refuse by name, ten and a count; the same bytes under another time do not', async () => {
  const place = new Workplace()
  place.write('data/a.csv', lines(1, 220_000))
  for (let i = 10; i < 23; i++) place.write(`data/b${i}.csv`, lines(i, 2))
  const file = overData(place, ['sinks/ndjson', { path: 'out.ndjson' }])
  const { folder } = await halfDone(file)
  const now = new Date()
  utimesSync(place.path('data/a.csv'), now, now)
  utimesSync(place.path('data/b10.csv'), now, now)
  // As large as before and the same at both ends.
  const whole = readFileSync(place.path('data/a.csv'), 'utf8')
  place.write('data/a.csv', whole.replace('110000,text 110000', '110000,TEXT 110000'))
  rmSync(place.path('data/b11.csv'))
  const two = await resumeRun(folder)
  expect(two.problems.map(({ code, message, place: { file: path } }) => ({ code, message, path }))).toEqual([
    { code: 'changed-source', path: 'data/a.csv', message: 'data/a.csv has other content than when the run started' },
    { code: 'changed-source', path: 'data/b11.csv', message: 'data/b11.csv is no longer there' },
  ])
  expect(two.problems[0]?.hint).toMatch(/--skip-changed.*--anew/)
  for (let i = 12; i < 23; i++) place.write(`data/b${i}.csv`, lines(i, 3))
  const { code, stderr } = await run(['resume', file])
  expect(code).toBe(2)
  for (const name of ['a.csv', 'b11.csv', 'b12.csv', 'b19.csv']) expect(stderr).toContain(`data/${name}`)
  expect(stderr).not.toContain('data/b20.csv')
  expect(stderr).toContain('3 more files are not as when the run started')
})

test('--skip-changed leaves out what is not stored, also of a file among others in one part, and reports it', async () => {
  const place = new Workplace()
  place.write('data/a.csv', lines(1, 220_000))
  for (const [i, name] of ['b', 'c', 'd'].entries()) place.write(`data/${name}.csv`, lines(400_000 + i * 100, 100))
  const file = overData(place, ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'append' }])
  const stopped = await halfDone(file)
  const stored = stopped.rows.stored
  expect(stored % 100_000, 'whole parts of a.csv').toBe(0)
  place.write('data/a.csv', lines(500_000, 220_000))
  place.write('data/c.csv', lines(600_000, 5))
  rmSync(place.path('data/d.csv'))
  const { code, stdout, stderr } = await run(['resume', file, '--skip-changed', '--json'])
  expect(code, stderr).toBe(0)
  const report = JSON.parse(stdout) as Report
  expect(report).toMatchObject({ status: 'done', balanced: true, filesSkipped: 3, rows: { in: stored + 100 } })
  expect(report.skippedFiles).toMatchObject([
    { path: 'data/a.csv', nodes: ['in'], rowsStored: stored, rowsSkipped: 220_000 - stored, storedMore: [] },
    { path: 'data/c.csv', rowsStored: 0, rowsSkipped: 100 },
    { path: 'data/d.csv', what: 'is no longer there', rowsStored: 0, rowsSkipped: 100 },
  ])
  expect(stderr).toMatch(/warn.*data\/d\.csv is no longer there: the run goes on without/)
  expect(stderr).toMatch(/left out: data\/a\.csv .* of it \d+,000 stored as it was, \d+,000 not stored/)
  expect(JSON.parse(readFileSync(join(report.folder, 'report.json'), 'utf8'))).toMatchObject({ filesSkipped: 3 })
  expect(readFileSync(join(report.folder, 'run.log'), 'utf8')).toContain('data/c.csv had')
  const expected = [...Array(stored).keys()].map((i) => i + 1).concat([...Array(100).keys()].map((i) => 400_000 + i))
  expect(numbers(place)).toEqual(expected)
  // Nothing of them counts as stored: the next run over what is new takes them, and says what may stand twice.
  const next = await run(['run', file, '--new', '--json'])
  expect(next.code, next.stderr).toBe(0)
  expect(JSON.parse(next.stdout)).toMatchObject({ filesNew: 1, filesChanged: 1, filesSkipped: 1, rowsTwice: stored })
  expect(next.stderr).toContain(`the ${stored} rows that earlier runs read there may stand twice in out`)
  expect(numbers(place)).toEqual([
    ...expected,
    ...Array.from({ length: 220_000 }, (_, i) => 500_000 + i),
    ...Array.from({ length: 5 }, (_, i) => 600_000 + i),
  ])
})

test('a file that is written to while it is read fails the run by its name, and nothing half old, half new is stored', async () => {
  const place = new Workplace()
  place.write('data/a.csv', lines(1, 220_000))
  const file = overData(place, ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'append' }])
  const { running } = await startRun({ file })
  const ledger = join(running?.folder as string, 'ledger')
  while (!readFileSync(ledger, 'utf8').includes('"done"')) await setTimeout(5)
  appendFileSync(place.path('data/a.csv'), '350001,more\n')
  const report = (await running?.done) as Report
  expect(report).toMatchObject({
    status: 'failed',
    exitCode: 1,
    error: {
      code: 'changed-source',
      message: expect.stringMatching(
        /^data\/a\.csv changed while the run was at work: it had \d+ bytes and now has \d+$/,
      ),
      place: { node: 'in', file: 'data/a.csv' },
      hint: expect.stringContaining('--skip-changed'),
    },
  })
  expect(report.rows.stored % 100_000).toBe(0)
  expect(await run(['resume', file])).toMatchObject({ code: 2, stderr: expect.stringMatching(/data\/a\.csv had/) })
  expect(await run(['resume', file, '--skip-changed'])).toMatchObject({ code: 0 })
  expect(numbers(place)).toEqual(Array.from({ length: report.rows.stored }, (_, i) => i + 1))
})

test('--skip-changed says which sinks have more of a file than others, and the row counts match', async () => {
  const place = new Workplace()
  place.write('data/a.csv', lines(1, 250_000))
  place.write('data/b.csv', lines(500_000, 10))
  const file = place.pipeline(
    {
      in: ['sources/csv', { path: 'data/*.csv' }],
      slow: ['transforms/slow', { milliseconds: 25 }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
      late: ['sinks/sleepy', { commitMilliseconds: 5000 }],
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
      ['slow', 'late'],
    ],
    { workers: 1 },
  )
  const { child, ended } = start(headrace, ['run', file])
  const ledger = () =>
    place.exists('.headrace/runs')
      ? place.list('.headrace/runs').map((id) => `.headrace/runs/${id}/ledger`)[0]
      : undefined
  const commits = () => {
    const path = ledger()
    return path && place.exists(path) ? place.lines(path).filter((line) => line.includes('"type":"commit"')) : []
  }
  while (commits().length < 1) await setTimeout(5)
  child.kill('SIGKILL')
  await ended
  const out = commits().filter((line) => line.includes('"sink":"out"')).length
  expect(commits().length, 'the other has nothing yet').toBe(out)
  rmSync(place.path('data/a.csv'))
  const { code, stdout, stderr } = await run(['resume', file, '--skip-changed', '--json'])
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    balanced: true,
    filesSkipped: 1,
    skippedFiles: [{ path: 'data/a.csv', rowsStored: 0, rowsSkipped: 250_000, storedMore: ['out'] }],
    outputs: [
      { node: 'out', rows: out * 100_000 + 10 },
      { node: 'late', rows: 10 },
    ],
  })
})
