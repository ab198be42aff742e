import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { startRun } from '../engine/run.ts'
import { PreviewProcess } from './client.ts'
import { trial } from './testing.ts'

const examples = join(import.meta.dirname, '..', '..', 'examples')
const own = new PreviewProcess()
afterAll(() => own.close())

/** Some emoji of the example, in a folder of their own. */
async function emoji() {
  const [header, ...lines] = readFileSync(join(examples, 'emoji-search', 'emoji.csv'), 'utf8').split('\n')
  const animals = lines.filter((line) => /\b(cat|dog|monkey)\b/.test(line)).slice(0, 40)
  const { file } = await trial({ 'emoji.csv': [header, ...animals, ''].join('\n') })
  const text = readFileSync(join(examples, 'emoji-search', 'pipeline.json'), 'utf8').replace(
    '../models/',
    `${join(examples, 'models')}/`,
  )
  writeFileSync(file, text)
  return { file, text }
}

test('a table is asked in words: before a run it says what to do, then it answers, the model open from the first time', async () => {
  const { file, text } = await emoji()
  const question = { file, text, node: 'store', question: 'sad cat', rows: 5 }
  await expect(own.search(question)).rejects.toMatchObject({
    code: 'no-table',
    message: expect.stringContaining('nothing is stored yet'),
    hint: 'Run the pipeline first.',
  })
  const { running } = await startRun({ file })
  expect(await running?.done).toMatchObject({ status: 'done' })
  const { rows, milliseconds } = await own.search(question)
  expect(rows.columns[0]).toEqual({ name: '_distance', type: 'float32' })
  expect(rows.columns.map(({ name }) => name)).toEqual(['_distance', 'id', 'emoji', 'name', 'keywords', 'text'])
  expect(rows.rows).toHaveLength(5)
  expect(rows.rows[0]?.slice(0, 4)).toEqual([
    expect.any(Number),
    expect.any(String),
    expect.any(String),
    expect.stringContaining('cat'),
  ])
  const distances = rows.rows.map(([distance]) => Number(distance))
  expect(distances).toEqual([...distances].sort((a, b) => a - b))
  expect(milliseconds).toBeGreaterThan(0)
  // The draft and the file say the same here.
  expect((await own.search({ file, node: 'store', question: 'sad cat', rows: 5 })).rows.rows).toEqual(rows.rows)
  await expect(own.search({ ...question, question: ' ' })).rejects.toMatchObject({ code: 'empty-question' })
  await expect(own.search({ ...question, node: 'emoji' })).rejects.toMatchObject({ code: 'no-vector-sink' })
})

test('while the first run is at work, what it has stored so far is found', async () => {
  const { file, text } = await emoji()
  const slow = text.replace('"edges"', '"settings": { "workers": 1 },\n  "edges"')
  writeFileSync(file, slow)
  const { running } = await startRun({ file })
  const found = new Set<number>()
  for (let over = false; !over; ) {
    const done = running?.done.then(() => (over = true))
    await Promise.race([done, setTimeout(100)])
    const answer = await own.search({ file, text: slow, node: 'store', question: 'cat', rows: 200 }).catch(() => null)
    if (answer) found.add(answer.rows.rows.length)
  }
  expect(await running?.done).toMatchObject({ status: 'done' })
  expect(Math.max(...found)).toBeGreaterThan(0)
})
