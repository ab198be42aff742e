import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SavedTest, TestsAnswer } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { Served } from './serve.ts'

const pipeline = JSON.stringify({
  headrace: 1,
  params: { least: { type: 'float64', default: 2 } },
  nodes: {
    a: { type: 'sources/csv', config: { path: 'a.csv' } },
    b: { type: 'sources/csv', config: { path: 'b.csv' } },
    both: { type: 'transforms/filter', config: { where: 'x >= param.least' } },
    out: { type: 'sinks/ndjson', config: { path: 'out.ndjson' } },
  },
  edges: [
    { from: 'a', to: 'both' },
    { from: 'b', to: 'both' },
    { from: 'both', to: 'out' },
  ],
})

const served = await Served.start({ 'p.json': pipeline, 'a.csv': 'x\n1.5\n2.5\n3.5\n', 'b.csv': 'x\n9.5\n0.5\n' })
const post = async <T>(path: string, body: unknown) => (await served.ask<T>('POST', path, body)).value

const asked = { pipeline: 'p.json', text: pipeline, name: 'first', put: 'a', expect: 'both', rows: 2 }
const file = join(served.folder, 'p.test.json')

test('rows of every source beside the chosen one are put in too, and parameters are kept', async () => {
  const saved = await post<SavedTest>('tests', { ...asked, params: { least: 1 } })
  expect(saved).toEqual({ file: 'p.test.json', name: 'first', put: 4, expected: 3, chosen: true })
  const { tests } = JSON.parse(readFileSync(file, 'utf8')) as { tests: unknown[] }
  expect(tests).toMatchObject([
    {
      params: { least: 1 },
      put: { a: { rows: [{ x: 1.5 }, { x: 2.5 }] }, b: { columns: { x: 'float64' }, rows: [{ x: 9.5 }, { x: 0.5 }] } },
      expect: { both: [{ x: 1.5 }, { x: 2.5 }, { x: 9.5 }] },
    },
  ])
})

test('the tests run on the text that is asked for', async () => {
  const answer = await post<TestsAnswer>('tests/run', { pipeline: 'p.json', text: pipeline })
  expect(answer).toMatchObject({ file: 'p.test.json', tests: [{ name: 'first', ok: true }] })
  const other = pipeline.replace('>=', '>')
  const worse = other.replace('param.least', '2.0')
  const failed = await post<TestsAnswer>('tests/run', { pipeline: 'p.json', text: worse })
  expect(failed.tests[0]).toMatchObject({ ok: false, says: expect.stringContaining('row 1 is missing: {"x":1.5}') })
})

test('rows that are megabytes do not become a test', async () => {
  const text = JSON.stringify({
    headrace: 1,
    nodes: {
      big: { type: 'sources/csv', config: { path: 'big.csv' } },
      all: { type: 'transforms/filter', config: { where: 'true' } },
    },
    edges: [{ from: 'big', to: 'all' }],
  })
  writeFileSync(join(served.folder, 'big.csv'), `text\n${'x'.repeat(400_000)}\n${'y'.repeat(400_000)}\n`)
  writeFileSync(join(served.folder, 'big.json'), text)
  const question = { pipeline: 'big.json', text, name: 'big', put: 'big', expect: 'all' }
  const answer = await served.ask<{ error: string }>('POST', 'tests', question)
  expect(answer).toMatchObject({
    status: 400,
    value: { error: expect.stringMatching(/these rows are 1\.6 MB as text/) },
  })
  expect(existsSync(join(served.folder, 'big.test.json'))).toBe(false)
})

test('what cannot become a test is refused, and the file stays as it was', async () => {
  const before = readFileSync(file, 'utf8')
  const refusal = async (more: object) => {
    const answer = await served.ask<{ error: string }>('POST', 'tests', { ...asked, ...more })
    return `${answer.status} ${answer.value.error}`
  }
  expect(await refusal({})).toMatch(/^409 a test is called "first" already/)
  expect(await refusal({ name: ' ' })).toMatch(/^400 the test has no name/)
  expect(await refusal({ name: 'x', put: 'out' })).toMatch(/^400 out is a sink/)
  expect(await refusal({ name: 'x', put: 'both', expect: 'a' })).toMatch(/^400 no rows of both come to a/)
  expect(await refusal({ name: 'x', put: 'gone' })).toMatch(/^400 there is no node "gone"/)
  expect(await refusal({ name: 'x', pipeline: '../p.json' })).toMatch(/^400 /)
  expect(readFileSync(file, 'utf8')).toBe(before)
  writeFileSync(file, '{"headrace-test": 1, "tests": 5}')
  expect(await refusal({ name: 'x' })).toMatch(/^409 p.test.json holds no list of tests/)
})

test('tests go where their pipeline goes', async () => {
  await served.ask('POST', 'pipelines/p.json/rename', { to: 'q.json' })
  expect(existsSync(file)).toBe(false)
  expect(existsSync(join(served.folder, 'q.test.json'))).toBe(true)
  const listed = await served.get<readonly { readonly id: string }[]>('pipelines')
  expect(listed.map(({ id }) => id).sort()).toEqual(['big.json', 'q.json'])
  await served.ask('DELETE', 'pipelines/q.json')
  expect(existsSync(join(served.folder, 'q.test.json'))).toBe(false)
})
