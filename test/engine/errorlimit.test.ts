import { expect, test } from 'vitest'
import { resumeRun } from '../../runtime/engine/run.ts'
import { Workplace } from './workplace.ts'

/** Rows of which every `each`-th is no number; model pipelines have parts of 10,000 rows. */
function numbers(place: Workplace, rows: number, isBad: (n: number) => boolean): void {
  const lines = Array.from({ length: rows }, (_, i) => (isBad(i + 1) ? 'x' : String(i + 1)))
  place.write('in.csv', `n\n${lines.join('\n')}\n`)
}

function pipeline(place: Workplace, errorLimit: number | string | undefined, rejects = false): string {
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      cast: ['transforms/select', { columns: [{ column: 'n', type: 'int64' }] }],
      out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
      ...(rejects && { bad: ['sinks/ndjson', { path: 'bad.ndjson', ifExists: 'replace' }] as [string, object] }),
    },
    [['in', 'cast'], ['cast', 'out'], ...(rejects ? ([['cast.rejects', 'bad']] as const) : [])],
    { workers: 1, ...(errorLimit !== undefined && { errorLimit }) },
  )
}

test.each([
  ['a count, kept', 500, 500, 2000, 'done'],
  ['a count, exceeded', 500, 501, 2000, 'failed'],
  ['a share, kept', '10%', 200, 2000, 'done'],
  ['a share, exceeded', '10%', 201, 2000, 'failed'],
  ['none said, kept', undefined, 200, 2000, 'done'],
  ['none said, exceeded', undefined, 201, 2000, 'failed'],
  ['none said, of fewer than 1,000 rows', undefined, 999, 999, 'done'],
  ['none said, of 1,000 rows', undefined, 101, 1000, 'failed'],
] as const)('%s', async (_, limit, bad, rows, status) => {
  for (const rejects of [false, true]) {
    const place = new Workplace()
    numbers(place, rows, (n) => n <= bad)
    const report = await place.run(pipeline(place, limit, rejects))
    expect(report.status, JSON.stringify(report.error)).toBe(status)
    if (status === 'failed') {
      expect(report).toMatchObject({ exitCode: 1, error: { code: 'error-limit', place: { node: 'cast' } } })
      expect(report.error?.message).toMatch(new RegExp(`^${bad} of ${rows} rows were rejected, most of them by cast`))
    } else expect(report).toMatchObject({ deadLetters: { count: rejects ? 0 : bad }, balanced: true })
  }
})

test('rejected rows of before a resume count, and a limit that was raised lets it go on', async () => {
  const place = new Workplace()
  // Parts of 100,000 rows: the first has 60 of them, the second 60 more.
  numbers(place, 200_000, (n) => n % 1000 === 0 && (n <= 60_000 || n > 140_000))
  const stopped = await place.run(pipeline(place, 100))
  expect(stopped).toMatchObject({ status: 'failed', exitCode: 1, error: { code: 'error-limit' } })
  expect(stopped.error?.message).toMatch(/^120 of 200000 rows/)
  expect(stopped.deadLetters.count, 'the first part is stored').toBe(60)
  const again = await resumeRun(stopped.folder)
  const second = await again.running?.done
  expect(second).toMatchObject({ status: 'failed', error: { message: expect.stringMatching(/^120 of 200000 rows/) } })
})
