import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fixed, list, Pool, Schema, Scope, types } from '@headrace/runtime/sdk'
import { Bench, runNode } from '@headrace/runtime/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import embed from './embed.ts'

const shared = join(import.meta.dirname, '../../examples/models/all-minilm-l6-v2')
const scratch = mkdtempSync(join(tmpdir(), 'embed-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

type Row = Record<string, unknown>
const fields = [{ name: 'text', type: types.string }]
const asRows = (texts: readonly (string | null)[]): Row[] => texts.map((text) => ({ text }))

const run = (texts: readonly (string | null)[], settings: Row = {}, batchRows = 4096, bench = new Bench(scratch)) =>
  runNode(
    embed,
    { model: shared, column: 'text', provider: 'cpu', ...settings },
    { fields, rows: asRows(texts), batchRows },
    bench,
  )

/** A model folder in the making: the shared one's files but those left out. */
function folderWithout(...left: string[]): string {
  const folder = mkdtempSync(join(scratch, 'model-'))
  cpSync(shared, folder, {
    recursive: true,
    filter: (path) => ![...left, 'model.int8.onnx'].some((name) => path.endsWith(name)),
  })
  symlinkSync(join(shared, 'model.int8.onnx'), join(folder, 'model.int8.onnx'))
  return folder
}

const problems = async (settings: Row) => (await run([], settings)).problems

beforeAll(() => mkdirSync(scratch, { recursive: true }))

test('a text has the same vector alone, in a batch and beside longer texts', async () => {
  const long = 'a much longer text, which the short ones are padded to: '.repeat(8)
  const texts = ['a channel that feeds a turbine', 'Größe 🌊', long, 'short']
  const [together, alone] = [await run(texts), await run(texts, {}, 1)]
  for (const [i, row] of together.rows.entries()) {
    const other = alone.rows[i]?.['vector'] as number[]
    expect(Math.max(...(row['vector'] as number[]).map((x, k) => Math.abs(x - (other[k] as number))))).toBeLessThan(
      1e-6,
    )
    expect(Math.hypot(...other)).toBeCloseTo(1, 5)
  }
  expect(together.schema.field('vector')?.type).toEqual(fixed(types.float32, 384))
})

test('empty texts are rejected, get null vectors, or are embedded', async () => {
  const texts = ['one', null, ' \n\u00a0', '', 'two']
  const rejected = await run(texts, {}, 3)
  expect(rejected.rows.map((row) => row['text'])).toEqual(['one', 'two'])
  expect(rejected.rejected.map(({ code, column }) => [code, column])).toEqual(Array(3).fill(['empty-text', 'text']))
  const nulls = await run(texts, { onEmpty: 'null' }, 2)
  expect(nulls.rows.map((row) => row['vector'] === null)).toEqual([false, true, true, true, false])
  const embedded = await run(texts, { onEmpty: 'embed' })
  expect(embedded.rows[1]?.['vector']).toEqual(embedded.rows[3]?.['vector'])
  expect(nulls.rows[4]?.['vector']).toEqual(rejected.rows[1]?.['vector'])
})

test('a text above maxTokens is cut and counted, or rejected with its length', async () => {
  const texts = ['one two three', 'one two three four five']
  const cut = await run(texts, { maxTokens: 5 })
  expect(cut.counts).toEqual({ truncated: 1 })
  expect(cut.rows[0]?.['vector']).toEqual(cut.rows[1]?.['vector'])
  const strict = await run(texts, { maxTokens: 5, truncate: false })
  expect(strict.rejected.map(({ code, message }) => [code, message])).toEqual([
    ['too-long', 'The text has 7 tokens; maxTokens is 5.'],
  ])
  expect(strict.counts).toEqual({})
})

test('pooling, normalising, prefix and the type of numbers change the vectors as they say', async () => {
  const texts = ['one two']
  const vector = async (settings: Row) => (await run(texts, settings)).rows[0]?.['vector'] as number[]
  const tokens = (await run(texts, { pooling: 'none', normalize: false })).rows[0]?.['vector'] as unknown as number[][]
  expect(tokens.length).toBe(4)
  expect(await vector({ pooling: 'cls', normalize: false })).toEqual(tokens[0])
  expect(await vector({ pooling: 'last', normalize: false })).toEqual(tokens[3])
  const mean = await vector({ normalize: false })
  mean.forEach((x, i) => {
    expect(x).toBeCloseTo(tokens.reduce((sum, token) => sum + (token[i] as number), 0) / 4, 5)
  })
  expect(await vector({ prefix: 'one ' })).toEqual((await run(['one one two'])).rows[0]?.['vector'])
  const half = await run(texts, { output: 'float16', as: 'half' })
  expect(half.schema.field('half')?.type).toEqual(fixed(types.float16, 384))
  const [number = 0] = await vector({})
  expect(half.rows[0]).toMatchObject({ half: { 0: expect.closeTo(number, 3) } })
  const none = await run(['one', 'one two three'], { pooling: 'none' }, 1)
  expect(none.schema.field('vector')?.type).toEqual(list(fixed(types.float32, 384)))
})

test('what a model folder does not say is a problem under its setting, until it is set', async () => {
  const bare = folderWithout(
    'modules.json',
    '1_Pooling',
    '1_Pooling/config.json',
    // Also tokenizer_config.json and sentence_bert_config.json.
    'config.json',
  )
  const found = await problems({ model: bare })
  expect(found.map(({ code, place }) => [code, place.setting])).toEqual([
    ['unknown-pooling', 'pooling'],
    ['unknown-normalize', 'normalize'],
    ['unknown-max-tokens', 'maxTokens'],
  ])
  const ran = await run(['one'], { model: bare, pooling: 'mean', normalize: true, maxTokens: 256 })
  expect(ran.problems).toEqual([])
  expect(ran.rows).toEqual((await run(['one'])).rows)
  const dense = folderWithout('modules.json')
  const steps = ['Transformer', 'Pooling', 'Dense'].map((kind) => ({
    path: '',
    type: `sentence_transformers.models.${kind}`,
  }))
  writeFileSync(join(dense, 'modules.json'), JSON.stringify(steps))
  expect((await problems({ model: dense, normalize: true }))[0]?.message).toContain('a step Dense')
})

test('several models in a folder, missing files and too many tokens are problems that say what to do', async () => {
  const two = folderWithout()
  mkdirSync(join(two, 'onnx'))
  symlinkSync(join(shared, 'model.int8.onnx'), join(two, 'onnx/model_quantized.onnx'))
  expect((await problems({ model: two }))[0]).toMatchObject({
    code: 'several-models',
    hint: 'Set file to one of them, for example "model.int8.onnx".',
    place: { setting: 'file' },
  })
  expect(await problems({ model: two, file: 'onnx/model_quantized.onnx' })).toEqual([])
  expect((await problems({ model: two, file: 'x.onnx' }))[0]?.code).toBe('missing-model')
  expect((await problems({ model: folderWithout('tokenizer.json') }))[0]?.code).toBe('missing-tokenizer')
  expect((await problems({ model: join(scratch, 'nowhere') }))[0]?.code).toBe('missing-model')
  expect((await problems({ maxTokens: 513 }))[0]?.message).toBe(
    'maxTokens is 513, but the model has only 512 positions.',
  )
  expect((await problems({ model: join(shared, '../cnn-digits'), pooling: 'mean' })).map(({ code }) => code)).toEqual([
    'missing-tokenizer',
  ])
})

test('the prompts of a folder are the prefixes, and a question is embedded with its own', async () => {
  const folder = folderWithout()
  const prompts = { query: 'query: ', document: 'passage: ' }
  writeFileSync(join(folder, 'config_sentence_transformers.json'), JSON.stringify({ prompts }))
  const bench = new Bench(scratch)
  const config = {
    model: folder,
    column: 'text',
    as: 'vector',
    truncate: true,
    onEmpty: 'reject',
    output: 'float32',
    provider: 'cpu',
  } as const
  const probe = (await embed.probe?.(bench.probeContext(config))) ?? null
  const { resolve } = bench
  const session = await embed.resource.open({ config, probe, resolve, threads: 1, log: () => {} })
  const scope = new Scope(new Pool(1 << 26))
  const [question] = (await embed.query?.({ config, probe, resolve, session, scope, texts: ['one'] })) ?? []
  scope.close()
  await session.close()
  const plain = await run(['query: one', 'passage: one'])
  expect([...(question as Float32Array)]).toEqual(plain.rows[0]?.['vector'])
  const document = await run(['one'], { model: folder })
  expect(document.rows[0]?.['vector']).toEqual(plain.rows[1]?.['vector'])
  expect(embed.fingerprint?.({ config, probe })).toMatchObject({
    column: 'vector',
    fingerprint: { pooling: 'mean', normalize: true, prefix: 'passage: ', maxTokens: 256 },
  })
})

test('a column that is missing or no text is a problem', async () => {
  const bench = new Bench(scratch)
  const config = { model: shared, column: 'txt' }
  const context = bench.columnsContext(config as never, new Schema(fields), null)
  embed.columns(context)
  embed.columns({ ...context, input: new Schema([{ name: 'txt', type: types.int64 }]) })
  expect(bench.problems.map(({ code, hint }) => [code, hint])).toEqual([
    ['unknown-column', 'Did you mean "text"?'],
    ['wrong-type', 'Make a text of it with transforms/derive or transforms/select.'],
  ])
})

test('the answers of many batches come in the order of the rows', async () => {
  const texts = Array.from({ length: 60 }, (_, i) => (i % 7 ? `text number ${i} ${'word '.repeat(i % 5)}` : null))
  const ran = await run(texts, { onEmpty: 'null' }, 4)
  expect(ran.rows.map((row) => row['text'])).toEqual(texts)
  const one = await run([texts[59] as string])
  const [a, b] = [ran.rows[59]?.['vector'] as number[], one.rows[0]?.['vector'] as number[]]
  expect(Math.max(...a.map((x, i) => Math.abs(x - (b[i] as number))))).toBeLessThan(1e-6)
})
