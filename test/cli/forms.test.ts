import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { run, start } from './command.ts'

const root = join(import.meta.dirname, '..', '..')

function small(): { place: Workplace; pipeline: string } {
  const place = new Workplace()
  place.numbers('in.csv', 10)
  const pipeline = place.pipeline(
    { in: ['sources/csv', { path: 'in.csv' }], out: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }] },
    [['in', 'out']],
  )
  return { place, pipeline }
}

test.each([
  ['node_modules/.bin/headrace', []],
  ['node_modules/.bin/runtime', []],
  ['npm', ['run', '-s', 'headrace', '--']],
])('%s %j runs a pipeline, whatever Node the shell has', async (command, before) => {
  const { place, pipeline } = small()
  const { code, stderr } = await start(command, [...before, 'run', pipeline], { cwd: root }).ended
  expect(code, stderr).toBe(0)
  expect(place.lines('out.ndjson').length).toBe(10)
})

test('run --json prints one JSON object on standard output and everything else on standard error', async () => {
  const { pipeline } = small()
  const { code, stdout, stderr } = await run(['run', pipeline, '--json'])
  expect(code).toBe(0)
  const report = JSON.parse(stdout) as Record<string, unknown>
  expect(Object.keys(report)).toEqual(
    expect.arrayContaining(['status', 'seconds', 'nodes', 'balanced', 'deadLetters', 'outputs', 'runId', 'peakMemory']),
  )
  expect(report).toMatchObject({
    status: 'done',
    balanced: true,
    deadLetters: { count: 0 },
    nodes: { out: { in: 10, out: 10, parents: 10, filtered: 0, rejected: 0, replaced: 0 } },
  })
  expect(stderr).toMatch(/10 in = 10 stored, 0 rejected · row counts match/)
})

test('a mistake before the first row ends with code 2 and says what, where and what to do', async () => {
  const { place, pipeline } = small()
  place.write('pipeline.json', place.lines('pipeline.json').join('\n').replace('sinks/ndjson', 'sinks/ndjsn'))
  const { code, stderr } = await run(['run', pipeline])
  expect(code).toBe(2)
  expect(stderr).toMatch(/out.*sinks\/ndjsn/)
  expect(stderr).toMatch(/sinks\/ndjson/)
  expect(await run(['run', place.path('none.json')])).toMatchObject({ code: 2 })
  expect(await run(['frobnicate'])).toMatchObject({ code: 2 })
  expect(await run(['run', pipeline, '--limit', 'many'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--limit "many"'),
  })
})

test('an output that exists is refused where the setting is fail', async () => {
  const { place, pipeline } = small()
  place.write('out.ndjson', '{}\n')
  const { code, stderr } = await run(['run', pipeline, '--set', 'out.ifExists=fail'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/out\.ndjson/)
  expect(place.lines('out.ndjson')).toEqual(['{}'])
})

test('plan, check, runs and nodes answer for people and as JSON', async () => {
  const { pipeline } = small()
  expect(await run(['plan', pipeline])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Stages[\s\S]*Lanes[\s\S]*Splits[\s\S]*Memory/),
  })
  const plan = JSON.parse((await run(['plan', pipeline, '--json'])).stdout) as { splits: unknown[] }
  expect(plan.splits.length).toBe(1)
  expect(await run(['check', pipeline])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('n int64, text string'),
  })
  expect(JSON.parse((await run(['check', pipeline, '--json'])).stdout)).toMatchObject({
    ok: true,
    columns: {
      in: [
        { name: 'n', type: 'int64' },
        { name: 'text', type: 'string' },
      ],
    },
  })
  await run(['run', pipeline])
  expect(JSON.parse((await run(['runs', pipeline, '--json'])).stdout)).toMatchObject([{ status: 'done' }])
  const nodes = await run(['nodes'])
  expect(nodes.stdout, nodes.stderr).toMatch(/sources\/csv/)
  expect((await run(['nodes', 'transforms/filter'])).stdout).toMatch(/where/)
  expect(JSON.parse((await run(['nodes', '--schema'])).stdout)).toMatchObject({ type: 'object' })
})

test('doctor lists Node, memory, providers with reasons and native packages', async () => {
  const { code, stdout } = await run(['doctor'])
  expect(code).toBe(0)
  for (const name of [
    'Node',
    'memory',
    'provider cpu',
    'provider webgpu',
    'provider cuda',
    'onnxruntime-node',
    '@lancedb/lancedb',
  ])
    expect(stdout).toContain(name)
})
