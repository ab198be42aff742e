import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { headrace, run, start } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'
import { lanceRows } from './stored.ts'

const rows = 160_000

/** Rows of documents that lie all through the file, so that each comes in many commits. */
function documents(place: Workplace, count: number, night: string): void {
  const lines = Array.from({ length: rows }, (_, i) => `it's ${i % count},${night},${i}`)
  place.write('in.csv', `doc,night,n\n${lines.join('\n')}\n`)
}

/** Kills a command of the second run in the middle of storing: when it has said what it is about to add next. */
async function killed(place: Workplace, args: string[]): Promise<void> {
  const runs = place.path('.headrace/runs')
  const said = () => {
    const id = readdirSync(runs)
      .filter((name) => !name.startsWith('.'))
      .sort()
      .at(1)
    const ledger = join(runs, id ?? '', 'ledger')
    return id && existsSync(ledger) ? readFileSync(ledger, 'utf8').split('"intent"').length - 1 : 0
  }
  const before = said()
  const { child, ended } = start(headrace, args)
  let over = false
  void ended.then(() => (over = true))
  while (!over && said() === before) await setTimeout(2)
  expect(over, 'it ended before it could be killed').toBe(false)
  child.kill('SIGKILL')
  await ended
}

test.each([{}, { key: ['doc', 'n'] }])(
  'killed while documents are replaced (%o) and resumed, each has its new rows and no old ones',
  async (key) => {
    const place = new Workplace()
    const pipeline = place.pipeline(
      {
        in: ['sources/csv', { path: 'in.csv' }],
        slow: ['transforms/slow', { milliseconds: 60 }],
        store: ['sinks/lancedb', { path: 'lance', table: 't', replaceBy: 'doc', ...key }],
      },
      [
        ['in', 'slow'],
        ['slow', 'store'],
      ],
      { workers: 2 },
    )
    documents(place, 500, 'first')
    expect((await run(['run', pipeline])).code).toBe(0)
    documents(place, 400, 'second')
    await killed(place, ['run', pipeline])
    await killed(place, ['resume', pipeline])
    const { code, stdout, stderr } = await run(['resume', pipeline, '--json'])
    expect(code, stderr).toBe(0)
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ status: 'done', balanced: true, nodes: { store: { in: rows, out: rows } } })
    expect(report.outputs[0]).toMatchObject({ rows, replacedRows: (rows / 500) * 400 })
    const stored = await lanceRows(place.path('lance'), 't')
    const numbers = (night: string) =>
      stored
        .filter((row) => row['night'] === night)
        .map(({ n }) => Number(n))
        .sort((a, b) => a - b)
    expect(numbers('second').length).toBe(rows)
    expect(numbers('second').findIndex((n, i) => n !== i)).toBe(-1)
    expect(numbers('first').length).toBe((rows / 500) * 100)
    expect(numbers('first').every((n) => n % 500 >= 400)).toBe(true)
  },
)
