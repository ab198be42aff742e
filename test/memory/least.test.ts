import { expect, test } from 'vitest'
import { run } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'

/** Every kind of node that has a window of its own, on the way to two sinks. */
function place(memory?: string) {
  const at = new Workplace()
  at.numbers('in.csv', 30_000)
  const file = at.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      more: ['transforms/derive', { columns: { double: 'text + text' } }],
      order: ['transforms/sort', { by: [{ column: 'n', order: 'desc' }] }],
      model: ['models/picky', {}],
      lines: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
      table: ['sinks/parquet', { path: 'out.parquet', ifExists: 'replace' }],
    },
    [
      ['in', 'more'],
      ['more', 'order'],
      ['order', 'model'],
      ['model', 'lines'],
      ['model', 'table'],
    ],
    { workers: 2, ...(memory && { memory }) },
  )
  return { at, file }
}

test('too little memory is a problem of check, plan and run, and the least that it names works', async () => {
  const { at, file } = place()
  const refused = await Promise.all(
    (['check', 'plan', 'run'] as const).map((command) => run([command, file, '--memory', '7MB', '--json'])),
  )
  for (const { code } of refused) expect(code).toBe(2)
  const [problem] = (JSON.parse(refused[0]?.stdout as string) as { problems: { code: string; hint: string }[] })
    .problems
  expect(problem?.code).toBe('memory-too-small')
  const least = /--memory (\d+MB)/.exec(problem?.hint as string)?.[1] as string
  expect((await run(['check', file, '--memory', least])).code).toBe(0)
  const less = `${Number.parseInt(least, 10) - 1}MB`
  expect((await run(['check', file, '--memory', less])).code).toBe(2)
  const { code, stdout } = await run(['run', file, '--memory', least, '--json'])
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({
    code: 0,
    balanced: true,
    memory: { cap: expect.any(Number) },
  })
  expect(at.rows('out.ndjson').length).toBe(30_000)
}, 180_000)

test("the pipeline's own memory that is too little is a problem where it stands, unless --memory gives more", async () => {
  const { file } = place('7MB')
  const { stdout } = await run(['check', file, '--json'])
  const { problems } = JSON.parse(stdout) as { problems: { code: string; place: { line?: number } }[] }
  expect(problems).toMatchObject([{ code: 'memory-too-small', place: { file, line: expect.any(Number) } }])
  expect((await run(['check', file, '--memory', '512MB'])).code).toBe(0)
})
