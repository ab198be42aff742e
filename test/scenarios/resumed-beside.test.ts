import { appendFileSync, copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { resumeRun, startRun } from '@headrace/runtime'
import { expect, test } from 'vitest'
import { run } from '../cli/command.ts'
import { Workplace } from '../engine/workplace.ts'

const models = join(import.meta.dirname, '..', '..', 'examples', 'models')
const rows = 30_000

const own = `import { Type, transform } from '@headrace/runtime/sdk'
export default transform({
  title: 'Mine',
  description: 'Passes rows on.',
  config: Type.Object({ token: Type.String({ format: 'secret', description: 'A token.' }) }),
  examples: [],
  columns: ({ input }) => input.fields,
  async *run({ input, config }) {
    if (!config.token) throw new Error('no token')
    for await (const batch of input) yield batch
  },
})
`

test('resume looks at models, tokenizers, lookups and own code, and never at the value or name of a secret', async () => {
  const place = new Workplace()
  place.numbers('in.csv', rows)
  place.write('sides.csv', 'key,side\n1,left\n')
  place.write('nodes/mine.ts', own)
  const model = place.path('model.onnx')
  copyFileSync(join(models, 'classical', 'tfidf-logistic-regression-banking.onnx'), model)
  place.write('tok/tokenizer.json', readFileSync(join(models, 'all-minilm-l6-v2', 'tokenizer.json')))
  process.env['RESUMED_TOKEN'] = 'hush'
  const file = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 100, hold: place.hold() }],
      few: ['transforms/filter', { where: 'n % 100 == 0' }],
      sides: ['transforms/lookup', { path: 'sides.csv', keys: [{ column: 'n', file: 'key' }] }],
      pieces: ['transforms/chunk', { column: 'text', by: 'tokens', size: 100, overlap: 0, tokenizer: 'tok' }],
      mine: ['./nodes/mine', { token: { secret: 'RESUMED_TOKEN' } }],
      intent: ['models/onnx', { model: 'model.onnx', inputs: { input: 'text' }, outputs: { label: 'intent' } }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    ['in', 'slow', 'few', 'sides', 'pieces', 'mine', 'intent', 'out'].flatMap((to, i, all): [string, string][] =>
      i === 0 ? [] : [[all[i - 1] as string, to]],
    ),
    { workers: 1 },
  )
  const { running, problems: wrong } = await startRun({ file })
  if (!running) throw new Error(JSON.stringify(wrong))
  while (!readFileSync(join(running.folder, 'ledger'), 'utf8').includes('"done"')) await setTimeout(5)
  running.stop(130)
  expect(await running.done).toMatchObject({ status: 'stopped' })
  const refused = async () => {
    const { problems, running: none } = await resumeRun(running.folder)
    expect(none).toBe(null)
    return problems.map(({ code, message, place: { node } }) => `${code} ${node}: ${message}`)
  }
  // A field that ONNX does not know: the model loads as before and is another file.
  const weights = readFileSync(model)
  appendFileSync(model, Buffer.from([0xa0, 0x06, 0x01]))
  expect(await refused()).toEqual([
    expect.stringMatching(/^changed-model intent: the model of intent was another .* model changed$/),
  ])
  renameSync(model, place.path('away.onnx'))
  expect(await refused()).toEqual([expect.stringMatching(/^\S+ intent: .*model\.onnx/)])
  writeFileSync(model, weights)
  const tokenizer = readFileSync(place.path('tok/tokenizer.json'), 'utf8')
  place.write('tok/tokenizer.json', `${tokenizer} `)
  place.write('sides.csv', 'key,side\n1,right\n')
  expect(await refused()).toEqual([
    expect.stringMatching(/^changed-file sides: sides\.csv had 16 bytes and now has 17$/),
    expect.stringMatching(/^changed-file pieces: tok\/tokenizer\.json had \d+ bytes and now has \d+$/),
  ])
  place.write('tok/tokenizer.json', tokenizer)
  renameSync(place.path('sides.csv'), place.path('gone.csv'))
  expect(await refused()).toEqual(['changed-file sides: sides.csv is no longer there'])
  place.write('sides.csv', 'key,side\n1,left\n')
  place.write('nodes/mine.ts', own.replace("'no token'", "'none'"))
  // A process of its own: this one keeps the code of nodes that it has loaded.
  const recoded = await run(['resume', running.folder, '--json'])
  expect(recoded.code).toBe(2)
  expect(JSON.parse(recoded.stdout)).toMatchObject({
    problems: [{ code: 'changed-pipeline', message: expect.stringMatching(/^the code of mine \(\.\/nodes\/mine\)/) }],
  })
  place.write('nodes/mine.ts', own)
  // Another secret, by name and value, is none of a resume's business.
  process.env['OTHER_TOKEN'] = 'quiet'
  place.write('pipeline.json', readFileSync(file, 'utf8').replace('RESUMED_TOKEN', 'OTHER_TOKEN'))
  place.release()
  const again = await resumeRun(running.folder)
  expect(again.problems).toEqual([])
  expect(await again.running?.done).toMatchObject({ status: 'done', rows: { stored: rows / 100 } })
})

test('a setting that becomes a secret, or is one no more, is compared without being told', async () => {
  const place = new Workplace()
  place.numbers('in.csv', 250_000)
  process.env['RESUMED_PATH'] = 'out.ndjson'
  const file = place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv' }],
      slow: ['transforms/slow', { milliseconds: 100, hold: place.hold() }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    [
      ['in', 'slow'],
      ['slow', 'out'],
    ],
    { workers: 1 },
  )
  const { running } = await startRun({ file })
  while (!readFileSync(join(running?.folder as string, 'ledger'), 'utf8').includes('"done"')) await setTimeout(5)
  running?.stop(130)
  await running?.done
  const before = readFileSync(file, 'utf8')
  const asSecret = before.replace('"out.ndjson"', '{ "secret": "RESUMED_PATH" }')
  place.write('pipeline.json', asSecret)
  process.env['RESUMED_PATH'] = 'elsewhere.ndjson'
  const { problems } = await resumeRun(running?.folder as string)
  expect(problems).toMatchObject([{ code: 'changed-pipeline', place: { node: 'out', setting: 'path' } }])
  expect(JSON.stringify(problems)).not.toMatch(/elsewhere|out\.ndjson/)
  process.env['RESUMED_PATH'] = 'out.ndjson'
  place.release()
  const again = await resumeRun(running?.folder as string)
  expect(again.problems).toEqual([])
  expect(await again.running?.done).toMatchObject({ status: 'done', rows: { stored: 250_000 } })
})
