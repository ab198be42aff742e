import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import embed from '@headrace/nodes/models/embed.ts'
import onnx from '@headrace/nodes/models/onnx.ts'
import { Bench, runNode } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import { loadTokenizer } from '../../nodes/formats/model/tokenizer.ts'
import { fixed, list, types } from '../../runtime/sdk/index.ts'

const models = join(import.meta.dirname, '../../../shared/models')
const present = existsSync(models)
if (!present) console.log(`skipped: there is no folder ${models}`)

interface Golden {
  readonly id: number
  readonly text: string
  readonly full_tokens: number
  readonly input_ids: number[]
  readonly embedding: number[]
}
const lines = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n')
const goldens = (): Golden[] => lines(join(models, 'all-minilm-l6-v2/golden.ndjson')).map((line) => JSON.parse(line))

test.skipIf(!present)('the tokenizer gives the ids of the goldens, cut at 256 tokens', async () => {
  const folder = join(models, 'all-minilm-l6-v2')
  const tokenizer = await loadTokenizer(join(folder, 'tokenizer.json'), join(folder, 'tokenizer_config.json'))
  const cases = goldens()
  expect(cases.length).toBe(147)
  for (const { text, full_tokens, input_ids } of cases) {
    expect(tokenizer.encode(text, 256)).toEqual({ ids: input_ids, full: full_tokens })
  }
})

test.skipIf(!present).each([
  ['model.int8.onnx', 0.985],
  ['model.onnx', 0.99999],
])('%s gives the vectors of the goldens', async (file, least) => {
  const cases = goldens()
  const config = { model: 'all-minilm-l6-v2', file, column: 'text', onEmpty: 'embed', provider: 'cpu' }
  const fields = [
    { name: 'id', type: types.int32 },
    { name: 'text', type: types.string },
  ]
  const rows = cases.map(({ id, text }) => ({ id, text }))
  const ran = await runNode(embed, config, { fields, rows, batchRows: 16 }, new Bench(models))
  expect(ran.problems).toEqual([])
  expect(ran.rows.length).toBe(cases.length)
  const cosines = ran.rows.map((row, i) => cosine(row['vector'] as number[], cases[i]?.embedding as number[]))
  console.log(`${file}: ${cosines.length} texts, least cosine ${Math.min(...cosines).toFixed(7)}`)
  expect(Math.min(...cosines)).toBeGreaterThanOrEqual(least)
})

function cosine(a: readonly number[], b: readonly number[]): number {
  let [dot, aa, bb] = [0, 0, 0]
  for (const [i, x] of a.entries()) {
    const y = b[i] as number
    dot += x * y
    aa += x * x
    bb += y * y
  }
  return dot / Math.sqrt(aa * bb)
}

interface Classical {
  readonly feature_names?: string[]
  readonly rows: (number | string)[][]
  readonly expected: { label?: (number | string)[]; probabilities?: number[][]; value?: number[] }
}
const classical = [
  'logistic-regression-iris',
  'knn-iris',
  'svm-wine',
  'random-forest-breast-cancer',
  'mlp-digits',
  'gradient-boosting-diabetes',
  'linear-regression-diabetes',
  'tfidf-logistic-regression-banking',
]

test.skipIf(!present).each(classical)('%s gives the labels and values of its golden', async (name) => {
  const golden = JSON.parse(readFileSync(join(models, `classical/${name}.golden.json`), 'utf8')) as Classical
  const [first = []] = golden.rows
  const isText = typeof first[0] === 'string'
  const columns = first.map((_, i) => `feature ${i}`)
  const fields = columns.map((column) => ({ name: column, type: isText ? types.string : types.float64 }))
  const rows = golden.rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])))
  const config = { model: `classical/${name}.onnx`, inputs: { input: columns }, provider: 'cpu' }
  const ran = await runNode(onnx, config, { fields, rows, batchRows: 7 }, new Bench(models))
  expect(ran.problems).toEqual([])
  expect(ran.rejected).toEqual([])
  const { label, probabilities, value } = golden.expected
  expect(ran.rows.length).toBe(golden.rows.length)
  expect(label ?? value).toBeDefined()
  for (const [i, row] of ran.rows.entries()) {
    if (label) expect(String(row['label'])).toBe(String(label[i]))
    for (const [k, probability] of (probabilities?.[i] ?? []).entries())
      expect(Math.abs(((row['probabilities'] as number[])[k] as number) - probability)).toBeLessThan(1e-5)
    if (value) expect((row['variable'] as number) / (value[i] as number)).toBeCloseTo(1, 5)
  }
})

test.skipIf(!present)('cnn-digits gives the logits of its golden, from 64 pixels in one list', async () => {
  const golden = JSON.parse(readFileSync(join(models, 'cnn-digits/cnn-digits.golden.json'), 'utf8'))
  const rows = golden.images.map((image: number[]) => ({ image }))
  for (const type of [fixed(types.float32, 64), list(types.float64)]) {
    const config = { model: 'cnn-digits/cnn-digits.onnx', inputs: { image: 'image' }, provider: 'cpu' }
    const ran = await runNode(onnx, config, { fields: [{ name: 'image', type }], rows }, new Bench(models))
    expect(ran.problems).toEqual([])
    expect(ran.rows.length).toBe(golden.images.length)
    for (const [i, row] of ran.rows.entries())
      for (const [k, logit] of (row['logits'] as number[]).entries())
        expect(Math.abs(logit - golden.expected.logits[i][k])).toBeLessThan(1e-4)
  }
})
