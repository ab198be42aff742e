import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readModelInfo } from './metadata.ts'
import { tinyModel } from './tiny-model.ts'

const models = join(import.meta.dirname, '../../../examples/models')

test('inputs and outputs of a model are read past its weights', () => {
  expect(readModelInfo(join(models, 'all-minilm-l6-v2/model.int8.onnx'))).toEqual({
    inputs: ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => ({
      name,
      type: 'int64',
      dims: ['batch', 'sequence'],
      optional: false,
    })),
    outputs: [{ name: 'last_hidden_state', type: 'float32', dims: ['batch', 'sequence', 384], optional: false }],
    external: [],
  })
})

test('an input with a value in the model is optional, and the file of weights that lie outside is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metadata-'))
  const path = join(folder, 'model.onnx')
  const weight = { name: 'w', type: 'float32', dims: [1] }
  const output = { name: 'y', type: 'float32', dims: [1] }
  const nodes = [{ op: 'Identity', inputs: ['w'], outputs: ['y'] }]
  writeFileSync(path, tinyModel({ inputs: [weight], outputs: [output], nodes, external: { w: 'w.bin' } }))
  expect(() => readModelInfo(path)).toThrow('The weights of model.onnx lie in "w.bin", not found.')
  writeFileSync(join(folder, 'w.bin'), new Uint8Array(4))
  expect(readModelInfo(path)).toMatchObject({ inputs: [{ name: 'w', optional: true }], external: ['w.bin'] })
})

test('a file that ends in the middle is refused wherever it ends', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'metadata-')), 'model.onnx')
  const tensor = (name: string) => ({ name, type: 'float32', dims: ['N', 200] })
  const nodes = [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }]
  const whole = tinyModel({ inputs: [tensor('x')], outputs: [tensor('y')], nodes })
  for (let length = 0; length < whole.length - 6; length++) {
    writeFileSync(path, whole.subarray(0, length))
    expect(() => readModelInfo(path), `${length} bytes`).toThrow(/no|not/)
  }
})
