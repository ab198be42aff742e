import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { run } from './command.ts'

/** A nightly job: the day's file, the rows of a total or more, a file a day. */
function nightly(): { place: Workplace; file: string } {
  const place = new Workplace()
  place.write('in/orders-2026-11-24.csv', 'id,day,total\n1,2026-11-24,5\n2,2026-11-24,50\n3,2026-11-23,70\n')
  const pipeline = {
    headrace: 1,
    params: {
      day: { type: 'date', description: 'The day to load' },
      least: { type: 'number', default: 10 },
      mode: { type: 'text', default: 'replace' },
    },
    nodes: {
      orders: { type: 'sources/csv', config: { path: 'in/orders-${day}.csv' } },
      large: { type: 'transforms/filter', config: { where: 'day == param.day && total >= param.least' } },
      marked: { type: 'transforms/derive', config: { columns: { run: 'run.id', on: 'run.date', day: 'param.day' } } },
      out: { type: 'sinks/ndjson', config: { path: 'out/${day}.ndjson', ifExists: '${mode}' } },
    },
    edges: [
      { from: 'orders', to: 'large' },
      { from: 'large', to: 'marked' },
      { from: 'marked', to: 'out' },
    ],
  }
  return { place, file: place.write('pipeline.json', JSON.stringify(pipeline, null, 2)) }
}

const errors = (stderr: string) => stderr.split('\n').filter((line) => line.startsWith('error'))

test('a run takes its parameters from a flag, records them, and knows its own id and day', async () => {
  const { place, file } = nightly()
  const { code, stdout, stderr } = await run(['run', file, '--param', 'day=2026-11-24', '--json'], {
    env: { TZ: 'Asia/Tokyo' },
  })
  expect(code, stderr).toBe(0)
  const report = JSON.parse(stdout) as { runId: string; params: unknown }
  expect(report.params).toEqual({ day: '2026-11-24', least: 10, mode: 'replace' })
  const tokyo = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tokyo' }).format(new Date())
  expect(place.rows('out/2026-11-24.ndjson')).toEqual([
    { id: 2, day: '2026-11-24', total: 50, run: report.runId, on: tokyo },
  ])
  const listed = await run(['runs', file, '--json'])
  expect(JSON.parse(listed.stdout)).toMatchObject([{ params: { day: '2026-11-24' } }])
})

test('--param goes before --params, of which the later wins, before the environment, before the default', async () => {
  const { place, file } = nightly()
  place.write('one.json', '{ "day": "2026-11-24", "least": 1 }')
  place.write('two.json', '{ "least": 60 }')
  const files = ['--params', place.path('one.json'), '--params', place.path('two.json')]
  const params = async (args: string[], env = {}) => {
    const { stdout } = await run(['run', file, ...args, '--json'], { env })
    return (JSON.parse(stdout) as { params: Record<string, unknown> }).params
  }
  expect(await params(files)).toMatchObject({ least: 60 })
  expect(await params([...files, '--param', 'least=5'], { HEADRACE_PARAM_LEAST: '7' })).toMatchObject({ least: 5 })
  const env = { HEADRACE_PARAM_LEAST: '7', HEADRACE_PARAM_DAY: '2026-11-24', HEADRACE_PARAM_OTHER: 'x' }
  expect(await params([], env)).toMatchObject({ least: 7, day: '2026-11-24' })
})

test.each([
  [[], /^error: the parameter "day" has no value\. .*pipeline\.json:4:12 {2}\(missing-param\)/],
  [['--param', 'day=yesterday'], /^error: --param day=yesterday: the text "yesterday" is no date\./],
  [
    ['--param', 'day=2026-11-24', '--param', 'dya=1'],
    /^error: --param dya=1: there is no parameter "dya"\. Did you mean "day"\?/,
  ],
])('check %j says one thing, and nothing of what follows from it', async (args, message) => {
  const { file } = nightly()
  const { code, stderr } = await run(['check', file, ...args])
  expect(code).toBe(2)
  const all = errors(stderr)
  expect(all.length, stderr).toBe(1)
  expect(all[0]).toMatch(message)
})

test('what is unknown in the file, in an expression or in a file of values is said at its place', async () => {
  const { place, file } = nightly()
  const text = readFileSync(file, 'utf8').replace('orders-${day}', 'orders-${dya}').replace('param.least', 'param.lest')
  place.write('pipeline.json', text)
  place.write('prod.json', '{\n  "day": "2026-11-24",\n  "lesat": 3\n}\n')
  const { stderr } = await run(['check', file, '--params', place.path('prod.json')])
  const line = (part: string) => text.split('\n').findIndex((one) => one.includes(part)) + 1
  const column = (part: string) => (text.split('\n')[line(part) - 1] ?? '').indexOf(part) + 1
  expect(errors(stderr)).toEqual([
    expect.stringMatching(
      /there is no parameter "lesat"\. Did you mean "least"\? .*prod\.json:3:3 {2}\(unknown-param\)/,
    ),
    expect.stringMatching(/^error: orders: there is no parameter "dya"/),
  ])
  expect(stderr).toContain(`pipeline.json:${line('${dya}')}:${column('${dya}')}`)
  place.write('pipeline.json', text.replace('${dya}', '${day}'))
  const other = await run(['check', file, '--param', 'day=2026-11-24'])
  expect(errors(other.stderr)).toEqual([
    expect.stringContaining('large: There is no parameter "lest"; did you mean "least"?'),
  ])
  expect(other.stderr).toContain(`pipeline.json:${line('param.lest')}:${column('param.lest')}`)
})

test('a problem after a value stands at its characters in the file', async () => {
  const { place, file } = nightly()
  const text = readFileSync(file, 'utf8').replace('"${mode}"', '"${mode}d"')
  place.write('pipeline.json', text)
  const { stderr } = await run(['check', file, '--param', 'day=2026-11-24'])
  const line = text.split('\n').findIndex((one) => one.includes('${mode}d')) + 1
  expect(errors(stderr)).toEqual([expect.stringContaining(`pipeline.json:${line}:`)])
  expect(stderr).toContain('the text "replaced" is not one of')
})

test('a replay has the values of the run, whatever the environment says now', async () => {
  const { place, file } = nightly()
  place.write('in/orders-2026-11-24.csv', 'id,day,total\n1,2026-11-24,50\n2,2026-11-24,much\n')
  const text = readFileSync(file, 'utf8').replace('.csv"', '.csv", "types": { "total": "float64" }')
  place.write('pipeline.json', text)
  const first = await run(['run', file, '--param', 'day=2026-11-24', '--json'])
  expect(first.code, first.stderr).toBe(3)
  place.write('mend.json', '{"raw":{"0":"2,2026-11-24,99"}}')
  const env = { HEADRACE_PARAM_DAY: '2020-01-01' }
  const again = await run(['replay', file, '--mend', place.path('mend.json'), '--json'], { env })
  expect(again.code, again.stderr).toBe(0)
  const { runId } = JSON.parse(first.stdout) as { runId: string }
  expect(place.rows('out/2026-11-24.ndjson')).toMatchObject([
    { id: 1, run: runId },
    { id: 2, run: runId, day: '2026-11-24' },
  ])
  expect(JSON.parse(again.stdout)).toMatchObject({ params: { day: '2026-11-24' } })
})

test('the settings as they are written make a pipeline the same from night to night', async () => {
  const { place, file } = nightly()
  place.write('in/orders-2026-11-25.csv', 'id,day,total\n1,2026-11-25,50\n')
  for (const day of ['2026-11-24', '2026-11-25']) await run(['run', file, '--param', `day=${day}`])
  const runs = place.path('.headrace/runs')
  const digests = readdirSync(runs).map(
    (name) => (JSON.parse(readFileSync(`${runs}/${name}/run.json`, 'utf8')) as { digests: unknown }).digests,
  )
  expect(digests.length).toBe(2)
  expect(digests[0]).toEqual(digests[1])
  expect(place.exists('out/2026-11-25.ndjson')).toBe(true)
})
