import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { numbersIn } from '../scenarios/stored.ts'
import { headrace, run, start } from './command.ts'

/** A pipeline whose source rejects rows 2 and 3 of 4. */
function twoRejected(more: Record<string, [string, object]> = {}) {
  const place = new Workplace()
  place.write('in.csv', 'n,text\n1,a\nx,b\ny,c\n4,d\n')
  const pipeline = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv', types: { n: 'int64' } }],
      ...more,
      out: ['sinks/parquet', { path: 'out.parquet' }],
    },
    [...['in', ...Object.keys(more), 'out'].entries()]
      .slice(1)
      .map(([i, id]) => [['in', ...Object.keys(more)][i - 1] as string, id]),
  )
  return { place, pipeline }
}

test('a run that rejected rows, a replay that mends one, and one that has nothing to do', async () => {
  const { place, pipeline } = twoRejected()
  expect(await run(['run', pipeline])).toMatchObject({ code: 3, stdout: expect.stringContaining('2 rejected rows') })
  place.write('mended.json', '{"raw": {"0": "2,b"}}')
  const mended = await run(['replay', pipeline, '--rows', '0', '--mend', place.path('mended.json'), '--json'])
  expect(mended.code, mended.stderr).toBe(0)
  expect(JSON.parse(mended.stdout)).toMatchObject({
    status: 'done',
    rows: { in: 1, stored: 1, rejected: 0 },
    deadLetters: { count: 0 },
  })
  const [original] = readdirSync(place.path('.headrace/runs')).sort()
  const listed = JSON.parse((await run(['runs', pipeline, '--json'])).stdout) as object[]
  expect(listed.at(-1)).toMatchObject({ id: original, rejected: 1, report: { deadLetters: { count: 2 } } })
  const again = await run(['replay', original as string, '--state', place.path('.headrace')])
  expect(again).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('1 in = 0 stored, 1 rejected · row counts match'),
  })
  place.write('mended.json', '{"raw": {"0": "3,c"}}')
  expect(
    await run(['replay', place.path(`.headrace/runs/${original}`), '--mend', place.path('mended.json')]),
  ).toMatchObject({ code: 0 })
  const nothing = await run(['replay', pipeline])
  expect((await run(['runs', pipeline])).stdout.split('\n').at(-2)).toMatch(/done +2 +0 /)
  expect(nothing).toMatchObject({ code: 0, stdout: `run ${original} has no rejected rows left: nothing to replay\n` })
  expect(JSON.parse((await run(['replay', pipeline, '--json'])).stdout)).toMatchObject({ status: 'done' })
  expect((await numbersIn(place.path('out.parquet'), 'n')).sort()).toEqual([1, 2, 3, 4])
})

test('what cannot be replayed says why', async () => {
  const { place, pipeline } = twoRejected()
  expect(await run(['replay', pipeline])).toMatchObject({ code: 2, stderr: expect.stringContaining('has no runs yet') })
  await run(['run', pipeline])
  place.write('mended.json', '{"0": "2,b"}')
  const bad = await run(['replay', pipeline, '--mend', place.path('mended.json')])
  expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining('does not say what is mended') })
  expect(bad.stderr).toContain('{"raw": {"0": "new text of a row"}')
  expect(await run(['replay', pipeline, '--rows', '5-3'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Write 0,3-5'),
  })
  expect(await run(['replay', pipeline, '--rows', '2'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no rejected row 2: the last one is row 1'),
  })
})

test('killed in the middle, a replay is resumed, and its rows leave the file of rejected rows once', async () => {
  const place = new Workplace()
  const count = 12_000
  place.write('in.csv', `n,by\n${Array.from({ length: count }, (_, i) => `${i + 1},0\n`).join('')}`)
  const pipeline = (share: string) =>
    place.pipeline(
      {
        in: ['sources/csv', { path: 'in.csv' }],
        share: ['transforms/derive', { columns: { share } }],
        slow: ['transforms/slow', { milliseconds: 40 }],
        out: ['sinks/ndjson', { path: 'out.ndjson' }],
      },
      [
        ['in', 'share'],
        ['share', 'slow'],
        ['slow', 'out'],
      ],
      { errorLimit: count, workers: 1 },
    )
  expect(await run(['run', pipeline('div(n, by)')])).toMatchObject({ code: 3 })
  const file = pipeline('n == 7 ? div(n, by) : n')
  const { child, ended } = start(headrace, ['replay', file])
  const committed = () => {
    const replayed = readdirSync(place.path('.headrace/runs'))
      .sort()
      .filter((name) => !name.startsWith('.'))[1]
    return replayed && place.exists(`.headrace/runs/${replayed}/ledger`)
      ? place.lines(`.headrace/runs/${replayed}/ledger`).filter((line) => line.includes('"commit"')).length
      : 0
  }
  while (committed() < 2) await setTimeout(20)
  child.kill('SIGKILL')
  await ended
  const [original, replayed] = readdirSync(place.path('.headrace/runs')).sort() as [string, string]
  expect(place.lines(`.headrace/runs/${original}/dead-letters.ndjson`).length).toBe(count)
  const beside = await run(['replay', file])
  expect(beside).toMatchObject({ code: 2, stderr: expect.stringContaining(`headrace resume`) })
  const resumed = await run(['resume', place.path(`.headrace/runs/${replayed}`)])
  expect(resumed.code, resumed.stderr).toBe(3)
  expect(place.rows(`.headrace/runs/${original}/dead-letters.ndjson`)).toMatchObject([{ n: 7 }])
  expect(place.rows('out.ndjson').map(({ n }) => n)).toEqual(
    Array.from({ length: count }, (_, i) => i + 1).filter((n) => n !== 7),
  )
})
