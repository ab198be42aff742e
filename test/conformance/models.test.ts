import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import embed from '@headrace/nodes/models/embed.ts'
import { Bench, runNode } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import { loadTokenizer } from '../../nodes/formats/model/tokenizer.ts'
import { types } from '../../runtime/sdk/index.ts'

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
