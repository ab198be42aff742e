import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ColumnType, type Field, fixed, list, struct, types } from '@headrace/runtime/sdk'
import { Bench, runNode } from '@headrace/runtime/testing'
import { expect, test } from 'vitest'
import { readModelInfo } from '../formats/model/metadata.ts'
import { openModel } from '../formats/model/onnx-session.ts'
import { type TinyModel, type TinyTensor, tinyModel } from '../formats/model/tiny-model.ts'
import onnx from './onnx.ts'

type Row = Record<string, unknown>

const tensor = (name: string, type: string, dims: TinyTensor['dims']): TinyTensor => ({ name, type, dims })
/** A model that gives back what it gets. */
const identity = (type: string, dims: TinyTensor['dims'], out = dims): TinyModel => ({
  inputs: [tensor('x', type, dims)],
  outputs: [tensor('y', type, out)],
  nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
})

function saved(model: TinyModel): string {
  const path = join(mkdtempSync(join(tmpdir(), 'onnx-')), 'model.onnx')
  writeFileSync(path, tinyModel(model))
  return path
}

async function run(
  model: TinyModel,
  settings: Row,
  columns: Record<string, ColumnType>,
  rows: Row[],
  batchRows = 4096,
) {
  const fields: Field[] = Object.entries(columns).map(([name, type]) => ({ name, type }))
  const config = { model: saved(model), provider: 'cpu', ...settings }
  return await runNode(onnx, config, { fields, rows, batchRows })
}

const cell = (item: ColumnType) =>
  struct([
    { name: 'shape', type: list(types.int64) },
    { name: 'data', type: list(item) },
  ])

test('several columns pack into one tensor, and its values go to several columns', async () => {
  const settings = { inputs: { x: ['a', 'b', 'c'] }, outputs: { y: ['d', 'e', 'f'] } }
  const columns = { a: types.float64, b: types.int64, c: types.bool }
  const rows = [
    { a: 1.5, b: 2n, c: true },
    { a: -3, b: 4n, c: false },
  ]
  const ran = await run(identity('float32', ['N', 3]), settings, columns, rows, 1)
  expect(ran.problems).toEqual([])
  expect(ran.rows).toEqual([
    { a: 1.5, b: 2n, c: true, d: 1.5, e: 2, f: 1 },
    { a: -3, b: 4n, c: false, d: -3, e: 4, f: 0 },
  ])
  expect(ran.schema.field('d')?.type).toEqual(types.float32)
})

test('a flat or nested list takes the shape of the tensor, and the answer keeps it', async () => {
  const wanted = [
    [1, 2],
    [3, 4],
    [5, 6],
  ]
  for (const type of [
    fixed(types.float32, 6),
    list(types.float64),
    fixed(fixed(types.float32, 2), 3),
    list(list(types.int8)),
  ]) {
    const nested = typeof type === 'object' && 'item' in type && 'item' in type.item
    const rows = [{ x: nested ? wanted : wanted.flat() }, { x: nested ? wanted : wanted.flat() }]
    const ran = await run(identity('float32', ['N', 3, 2]), { inputs: { x: 'x' } }, { x: type }, rows)
    expect(ran.rows.map((row) => row['y'])).toEqual([wanted, wanted])
    expect(ran.schema.field('y')?.type).toEqual(fixed(fixed(types.float32, 2), 3))
  }
})

test('lists of different lengths go to the model length by length, and come back in order', async () => {
  const rows = [[1, 2], [3], [], [4, 5], [6]].map((x) => ({ x }))
  const ran = await run(identity('int32', ['N', 'L']), { inputs: { x: 'x' } }, { x: list(types.int32) }, rows)
  expect(ran.rows.map((row) => row['y'])).toEqual(rows.map((row) => row.x))
})

test.each([
  ['float16', types.float16, [0.5, -2, 65504]],
  ['float32', types.float32, [0.5, -2, 2 ** 127]],
  ['float64', types.float64, [0.1, -2, 1e300]],
  ['int8', types.int8, [-128, 0, 127]],
  ['int16', types.int16, [-32768, 0, 32767]],
  ['int32', types.int32, [-2147483648, 0, 2147483647]],
  ['int64', types.int64, [-(2n ** 63n), 0n, 2n ** 63n - 1n]],
  ['uint8', types.uint8, [0, 255]],
  ['uint16', types.uint16, [0, 65535]],
  ['uint32', types.uint32, [0, 4294967295]],
  ['uint64', types.uint64, [0n, 2n ** 64n - 1n]],
  ['bool', types.bool, [true, false]],
  ['string', types.string, ['', 'Größe', '🌊']],
] as [string, ColumnType, unknown[]][])(
  '%s goes through unchanged, in batches and in cells',
  async (name, type, values) => {
    const rows = values.map((x) => ({ x }))
    const batched = await run(identity(name, ['N']), { inputs: { x: 'x' } }, { x: type }, rows)
    expect(batched.problems).toEqual([])
    expect(batched.rows.map((row) => row['y'])).toEqual(values)
    expect(batched.schema.field('y')?.type).toEqual(type)
    const shape = [BigInt(values.length), 1n]
    const cells = [{ x: { shape, data: values } }]
    const settings = { inputs: { x: 'x' }, call: 'row' }
    const single = await run(identity(name, ['A', 'B']), settings, { x: cell(type) }, cells)
    expect(single.rows[0]?.['y']).toEqual({ shape, data: values })
  },
)

test('a number that the tensor cannot hold, a null and a wrong shape are rejects with the reason', async () => {
  const rows = [{ x: 1 }, { x: 1.5 }, { x: 300 }, { x: null }, { x: Number.NaN }, { x: -7 }]
  const ran = await run(identity('int8', ['N']), { inputs: { x: 'x' } }, { x: types.float64 }, rows, 4)
  expect(ran.rows.map((row) => row['y'])).toEqual([1, -7])
  expect(ran.rejected.map(({ code, message }) => [code, message])).toEqual([
    ['bad-number', '1.5 does not fit int8.'],
    ['bad-number', '300 does not fit int8.'],
    ['null-input', '"x" is null.'],
    ['bad-number', 'NaN does not fit int8.'],
  ])
  const lists = [{ x: [1, 2] }, { x: [1] }, { x: [1, null] }]
  const shapes = await run(identity('float32', ['N', 2]), { inputs: { x: 'x' } }, { x: list(types.float32) }, lists)
  expect(shapes.rejected.map(({ code, message }) => [code, message])).toEqual([
    ['wrong-shape', '"x" takes [2]; the cell has 1 value as [1].'],
    ['null-input', '"x" has a null in it.'],
  ])
})

test('a model with a fixed batch size gets padded calls and says so', async () => {
  const model = identity('float32', [4, 2])
  const rows = Array.from({ length: 7 }, (_, i) => ({ a: i, b: -i }))
  const settings = { inputs: { x: ['a', 'b'] } }
  const ran = await run(model, settings, { a: types.float32, b: types.float32 }, rows)
  expect(ran.problems).toEqual([])
  expect(ran.rows.map((row) => row['y'])).toEqual(rows.map(({ a, b }) => [a, b]))
  const path = saved(model)
  const session = await openModel(path, readModelInfo(path), { provider: 'cpu' }, 1)
  expect(session.about).toBe('model.onnx on cpu, 1 thread, 4 rows a call, the last ones padded')
  await session.close()
})

test('without free first dimensions a row is a call, and a plain list takes the declared shape', async () => {
  const rows = [{ x: [1, 2, 3, 4] }, { x: [5, 6, 7, 8] }]
  const ran = await run(identity('float32', [1, 2, 2]), { inputs: { x: 'x' } }, { x: list(types.float32) }, rows)
  expect(ran.rows.map((row) => row['y'])).toEqual([
    { shape: [1n, 2n, 2n], data: [1, 2, 3, 4] },
    { shape: [1n, 2n, 2n], data: [5, 6, 7, 8] },
  ])
})

test('inputs that are not set are proposed from the columns', async () => {
  const columns = { id: types.string, a: types.float64, b: types.int32 }
  const ran = await run(identity('float32', ['N', 2]), {}, columns, [])
  expect(ran.problems[0]).toMatchObject({
    code: 'unmapped-input',
    message: 'The model wants "x" (float32 [N, 2]), which no column goes to.',
    hint: 'Set inputs to {"x":["a","b"]}.',
  })
})

test('what does not fit is a problem under its setting, with the numbers', async () => {
  const problem = async (model: TinyModel, settings: Row, columns: Record<string, ColumnType>) =>
    (await run(model, settings, columns, [])).problems[0]
  const three = identity('float32', ['N', 3])
  const two = { a: types.float32, b: types.float32 }
  expect(await problem(three, { inputs: { x: ['a', 'b'] } }, two)).toMatchObject({
    code: 'wrong-shape',
    message: '"x" takes float32 [N, 3]: [3] a row; the columns give 2 values.',
    place: { setting: 'inputs.x' },
  })
  expect(await problem(three, { inputs: { X: ['a', 'b'], x: ['a'] } }, two)).toMatchObject({
    hint: 'Did you mean "x"?',
  })
  expect(await problem(three, { inputs: { x: ['aa'] } }, two)).toMatchObject({ code: 'unknown-column' })
  expect(await problem(three, { inputs: { x: ['a'] } }, { a: types.string })).toMatchObject({
    message: '"x" takes float32 [N, 3]; the column "a" is string.',
  })
  expect(await problem(identity('bfloat16', ['N']), { inputs: { x: 'a' } }, two)).toMatchObject({
    code: 'unsupported-tensor',
  })
  const names = { inputs: { x: 'a' }, outputs: { y: ['p', 'q'] } }
  expect(await problem(identity('float32', ['N', 1]), names, two)).toMatchObject({
    message: '"y" [N, 1] gives 1 value a row, outputs names 2.',
  })
  const call = { inputs: { x: 'a' }, call: 'batch' }
  expect(await problem(identity('float32', [2, 'N']), call, two)).toBeUndefined()
  expect(await problem(identity('float32', [2], [1, 2]), call, two)).toMatchObject({ code: 'no-batch' })
})

test('a file that is missing, cut off, no model or without its weights is named', async () => {
  const bench = new Bench(mkdtempSync(join(tmpdir(), 'onnx-')))
  const model = tinyModel({ ...identity('float32', ['N']), external: { weight: 'model.onnx.data' } })
  writeFileSync(join(bench.folder, 'outside.onnx'), model)
  writeFileSync(join(bench.folder, 'cut.onnx'), model.subarray(0, 60))
  writeFileSync(join(bench.folder, 'text.onnx'), 'no model at all')
  const problems: string[] = []
  for (const name of ['outside', 'cut', 'text', 'missing']) {
    const here = new Bench(bench.folder)
    await runNode(onnx, { model: `${name}.onnx`, inputs: { x: 'x' } }, { fields: [], rows: [] }, here)
    problems.push(here.problems[0]?.code ?? '')
    if (name === 'outside') expect(here.problems[0]?.message).toContain('"model.onnx.data"')
  }
  expect(problems).toEqual(['missing-model-data', 'bad-model', 'bad-model', 'missing-model'])
})
