import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { headrace, run, start } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'
import { query } from './stored.ts'

const rows = 300_000
const kinds = ['parquet', 'csv', 'ndjson'] as const

/** One source into folders of partitions, slowly; parts are small, so that some are full before the run ends. */
function pipelineIn(place: Workplace): string {
  const columns = { country: 'n % 7 == 0 ? "" : (n % 7 == 1 ? null : "c/" + string(n % 7))', day: 'n % 3' }
  const sinks = Object.fromEntries(
    kinds.map((kind): [string, [string, object]] => [
      kind,
      [
        `sinks/${kind}`,
        { path: `out/${kind}/`, partitionBy: ['country', 'day'], partSize: kind === 'parquet' ? '10kB' : '100kB' },
      ],
    ]),
  )
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 50 }],
      key: ['transforms/derive', { columns }],
      ...sinks,
    },
    [['in', 'slow'], ['slow', 'key'], ...kinds.map((kind): [string, string] => ['key', kind])],
    { workers: 2 },
  )
}

/** Kills a command, hard, as soon as so many commits are on record. */
async function killed(place: Workplace, args: string[], commits: number): Promise<void> {
  const { child, ended } = start(headrace, args)
  const committed = () => {
    try {
      const [id] = readdirSync(place.path('.headrace/runs')).filter((name) => !name.startsWith('.'))
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

/** The files below a folder with their sizes, without the run's id in their names. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => `${path.slice(folder.length).replace(/part-[\w-]+-(\d+)/, 'part-$1')} ${statSync(path).size}`)
    .sort()

test('killed twice and resumed, partitions hold each row once, in the same files as those of an undisturbed run', async () => {
  const [disturbed, calm] = [new Workplace(), new Workplace()]
  for (const place of [disturbed, calm]) place.numbers('in.csv', rows)
  const pipeline = pipelineIn(disturbed)
  await killed(disturbed, ['run', pipeline], 3)
  await killed(disturbed, ['resume', pipeline], 7)
  const { code, stderr } = await run(['resume', pipeline])
  expect(code, stderr).toBe(0)
  expect(await run(['run', pipelineIn(calm)])).toMatchObject({ code: 0 })
  for (const kind of kinds) {
    const found = filesIn(disturbed.path(`out/${kind}`))
    expect(found).toEqual(filesIn(calm.path(`out/${kind}`)))
    expect(
      found.filter((name) => name.includes('/.')),
      'nothing hidden is left',
    ).toEqual([])
    expect(found.length, 'parts near their size').toBeGreaterThan(21)
    const reader = { parquet: 'read_parquet', csv: 'read_csv', ndjson: 'read_json' }[kind]
    const folders = `${disturbed.path(`out/${kind}`)}/*/*/*.${kind}`
    const [counted] = await query(
      `select count(*)::int, count(distinct n)::int, count(country)::int, sum(day)::int from ${reader}('${folders}', hive_partitioning = true)`,
    )
    const nulls = Array.from({ length: rows }, (_, i) => (i + 1) % 7).filter((rest) => rest === 1).length
    const days = Array.from({ length: rows }, (_, i) => (i + 1) % 3).reduce((sum, day) => sum + day, 0)
    expect(counted).toEqual([rows, rows, rows - nulls, days])
  }
  // Read again by the way back.
  const back = disturbed.pipeline(
    {
      in: ['sources/parquet', { path: 'out/parquet/' }],
      odd: ['transforms/filter', { where: 'country == "c/3" && day == n % 3' }],
      out: ['sinks/csv', { path: 'odd.csv' }],
    },
    [
      ['in', 'odd'],
      ['odd', 'out'],
    ],
  )
  expect(await run(['run', back])).toMatchObject({ code: 0 })
  expect(disturbed.lines('odd.csv').filter(Boolean).length - 1).toBe(
    Array.from({ length: rows }, (_, i) => (i + 1) % 7).filter((rest) => rest === 3).length,
  )
})
