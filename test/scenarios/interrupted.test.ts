import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { startRun } from '@headrace/runtime'
import { expect, test } from 'vitest'
import { headrace, run, start } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'
import { lanceRows, numbersIn } from './stored.ts'

const rows = 320_000
const files = ['one.ndjson', 'one.csv', 'one.parquet', 'one.arrow', 'nd/', 'cs/', 'pq/', 'ar/']
const kindOf = { nd: 'ndjson', cs: 'csv', pq: 'parquet', ar: 'arrow' } as const

/** One source into every kind of output there is, slowly. */
function everywhere(place: Workplace): string {
  place.numbers('in.csv', rows)
  const sinks: Record<string, [string, object]> = {}
  for (const path of files) {
    const kind = path.includes('.') ? path.split('.')[1] : kindOf[path.slice(0, 2) as keyof typeof kindOf]
    sinks[path.replace(/\W/g, '')] = [`sinks/${kind}`, { path: `out/${path}` }]
  }
  sinks['added'] = ['sinks/lancedb', { path: 'lance', table: 'added', ifExists: 'append' }]
  sinks['keyed'] = ['sinks/lancedb', { path: 'lance', table: 'keyed', key: 'n' }]
  const ends = Object.keys(sinks).map((id): [string, string] => ['slow', id])
  return place.pipeline(
    { in: ['sources/csv', { path: 'in.csv' }], slow: ['transforms/slow', { milliseconds: 60 }], ...sinks },
    [['in', 'slow'], ...ends],
    { workers: 2 },
  )
}

/** Kills a command as soon as some sink has stored something, hard. */
async function killed(place: Workplace, args: string[], commits: number): Promise<void> {
  const { child, ended } = start(headrace, args)
  const runs = place.path('.headrace/runs')
  const committed = () => {
    try {
      const [id] = readdirSync(runs).filter((name) => !name.startsWith('.'))
      return place.lines(`.headrace/runs/${id}/ledger`).filter((line) => line.includes('"commit"')).length
    } catch {
      return 0
    }
  }
  let over = false
  void ended.then(() => (over = true))
  while (!over && committed() < commits) await setTimeout(20)
  child.kill('SIGKILL')
  await ended
}

test('killed twice in the middle and resumed, each output has the rows of an undisturbed run', async () => {
  const place = new Workplace()
  const pipeline = everywhere(place)
  await killed(place, ['run', pipeline], 2)
  await killed(place, ['resume', pipeline], 14)
  expect(place.exists('out/one.parquet'), 'nothing under its final name yet').toBe(false)
  const { code, stdout, stderr } = await run(['resume', pipeline, '--json'])
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'done',
    balanced: true,
    nodes: { added: { in: rows, out: rows } },
  })
  for (const path of files) {
    const found = await numbersIn(place.path(`out/${path}`), 'n')
    // Not toEqual on the numbers themselves: what differs would be printed, all of it.
    expect(
      found.findIndex((n, i) => n !== i + 1),
      path,
    ).toBe(-1)
    expect(found.length, path).toBe(rows)
  }
  const hidden = ['out', 'out/nd', 'out/pq', 'lance'].flatMap((folder) => readdirSync(place.path(folder)))
  expect(
    hidden.filter((name) => name.startsWith('.')),
    'nothing of the tries that were killed',
  ).toEqual([])
  for (const table of ['added', 'keyed']) {
    const found = (await lanceRows(place.path('lance'), table)).map(({ n }) => Number(n)).sort((a, b) => a - b)
    expect(found.length, table).toBe(rows)
    expect(
      found.findIndex((n, i) => n !== i + 1),
      table,
    ).toBe(-1)
  }
})

test('beside an unfinished run that has added rows a new one is refused, and neither hides behind a refused one', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 450_000)
  const pipeline = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 100, hold: place.hold() }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'append' }],
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
    ],
  )
  const { running } = await startRun({ file: pipeline, workers: 1 })
  await expect(startRun({ file: pipeline })).rejects.toMatchObject({ code: 'another-run' })
  while (!place.lines(`.headrace/runs/${running?.id}/ledger`).some((line) => line.includes('"commit"')))
    await setTimeout(20)
  running?.stop(130)
  expect(await running?.done).toMatchObject({ status: 'stopped', exitCode: 130 })
  const refused = await run(['run', pipeline, '--json'])
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/headrace resume [\s\S]*--anew/) })
  expect(JSON.parse(refused.stdout)).toMatchObject({ status: 'refused', problems: [{ code: 'unfinished-run' }] })
  place.release()
  expect(await run(['resume', pipeline])).toMatchObject({ code: 0 })
  expect(place.rows('out.ndjson').length).toBe(450_000)
  expect(readdirSync(place.path('.headrace/runs')).length).toBe(1)
})
