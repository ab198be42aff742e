import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import onnx from '@headrace/nodes/models/onnx.ts'
import { list, type Schema, struct, types } from '@headrace/runtime/sdk'
import { Bench, runNode } from '@headrace/runtime/testing'
import { readModelInfo } from '../../../nodes/formats/model/metadata.ts'
import { elementColumn, isKnownElement } from '../../../nodes/formats/model/tensor.ts'
import { readTensor, type TestTensor } from './tensor-file.ts'

/** Runs one case of the suite through models/onnx; null where every output is as expected, else why not. */
export async function runCase(folder: string): Promise<string | null> {
  const info = readModelInfo(join(folder, 'model.onnx'))
  const odd = [...info.inputs, ...info.outputs].find((tensor) => !isKnownElement(tensor.type))
  const file = (kind: string, i: number) => join(folder, 'test_data_set_0', `${kind}_${i}.pb`)
  const given = info.inputs.filter((_, i) => existsSync(file('input', i)))
  const tensors = odd ? [] : given.map((_, i) => readTensor(file('input', i)))
  const config = {
    model: join(folder, 'model.onnx'),
    call: 'row',
    provider: 'cpu',
    inputs: Object.fromEntries(given.map((tensor) => [tensor.name, `in ${tensor.name}`])),
    outputs: Object.fromEntries(info.outputs.map((tensor) => [tensor.name, `out ${tensor.name}`])),
  }
  const fields = given.map((tensor) => ({ name: `in ${tensor.name}`, type: cellType(tensor.type) }))
  const row = Object.fromEntries(tensors.map((tensor, i) => [fields[i]?.name, cell(tensor)]))
  const ran = await runNode(onnx, config, { fields, rows: [row] }, new Bench(folder))
  const [problem] = ran.problems
  if (problem) return problem.message
  if (ran.rejected[0]) return ran.rejected[0].message
  for (const [i, output] of info.outputs.entries()) {
    const result = ran.rows[0]?.[`out ${output.name}`] as { shape: bigint[]; data: unknown[] }
    const why = difference(readTensor(file('output', i)), result, typeOf(ran.schema, `out ${output.name}`))
    if (why) return `${output.name}: ${why}`
  }
  return null
}

const typeOf = (schema: Schema, name: string): string => JSON.stringify(schema.field(name)?.type)

const cellType = (type: string) =>
  struct([
    { name: 'shape', type: list(types.int64) },
    { name: 'data', type: list(elementColumn(type)) },
  ])

const cell = ({ shape, data }: TestTensor) => ({ shape: shape.map(BigInt), data })

/** The suite's own tolerances: relative 1e-3, absolute 1e-7. */
function difference(
  expected: TestTensor,
  { shape, data }: { shape: bigint[]; data: unknown[] },
  type: string,
): string | null {
  if (type !== JSON.stringify(cellType(expected.type))) return `${type} in place of ${expected.type}`
  if (shape.join() !== expected.shape.join()) return `[${shape.join()}] in place of [${expected.shape.join()}]`
  if (data.length !== expected.data.length) return `${data.length} values in place of ${expected.data.length}`
  for (const [i, wanted] of expected.data.entries()) {
    const got = data[i]
    const close =
      typeof wanted === 'number' && typeof got === 'number'
        ? Object.is(wanted, got) || wanted === got || Math.abs(wanted - got) <= 1e-7 + 1e-3 * Math.abs(wanted)
        : wanted === got
    if (!close) return `value ${i} is ${got} in place of ${wanted}`
  }
  return null
}

/** Runs the cases of a list from a place on; a line of JSON for each, so that a crash shows where. */
async function runAll(root: string, listFile: string, results: string, first: number): Promise<void> {
  const cases = JSON.parse(readFileSync(listFile, 'utf8')) as string[]
  for (const name of cases.slice(first)) {
    let why: string | null
    try {
      why = await runCase(join(root, name))
    } catch (error) {
      why = error instanceof Error ? error.message : String(error)
    }
    appendFileSync(results, `${JSON.stringify([name, why?.slice(0, 300) ?? null])}\n`)
  }
}

if (import.meta.main) {
  const [root = '', listFile = '', results = '', first = '0'] = process.argv.slice(2)
  await runAll(root, listFile, results, Number(first))
}
