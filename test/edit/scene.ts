import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { CheckAnswer } from '@headrace/runtime/api'
import { afterAll } from 'vitest'
import { probeCache } from '../../runtime/catalogue/cache.ts'
import { checkFile } from '../../runtime/catalogue/check.ts'
import { loadCatalogue } from '../../runtime/catalogue/load.ts'
import { formatPipeline, type Pipeline, parsePipeline } from '../../runtime/pipeline/index.ts'
import { edgeViews } from '../../runtime/server/check/edges.ts'
import { nodeViews } from '../../runtime/server/check/nodes.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-edit-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The models among the examples. */
export const models = join(import.meta.dirname, '../../examples/models')

/** Puts a file where the pipelines of these tests lie. */
export function file(name: string, text: string): string {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
  return name
}

const catalogue = await loadCatalogue()
const cache = probeCache()

/** Every node type of the real catalogue. */
export const types = catalogue.types

/** A text's pipeline and what the server answers to a check of it. */
export async function checkText(text: string): Promise<{ pipeline: Pipeline; answer: CheckAnswer }> {
  const checked = await checkFile(join(folder, 'pipeline.json'), { text, catalogue, cache })
  const pipeline = parsePipeline(text).pipeline as Pipeline
  const { problems } = checked
  return {
    pipeline,
    answer: { problems, params: {}, nodes: nodeViews(pipeline, checked), edges: edgeViews(pipeline, checked) },
  }
}

/** The text of a pipeline with these nodes (`'filter where="x"'` as objects) and edges (`a -> b`). */
export function textOf(nodes: Record<string, object>, edges: readonly string[]): string {
  const drawn = edges.map((text) => text.split(' -> ')).map(([from, to]) => ({ from, to }))
  const { pipeline } = parsePipeline(JSON.stringify({ headrace: 1, nodes, edges: drawn }))
  return formatPipeline(pipeline as Pipeline)
}

file('orders.csv', 'id,name,price,tags\n1,Anna,2.5,a b\n2,Bo,3.5,c\n')
file('more.csv', 'id,name,price,count\n3,Cem,cheap,1\n')
file('lists.ndjson', '{"id": 1, "name": "a", "tags": ["x", "y"]}\n{"id": 2, "name": "b", "tags": []}\n')
file('odd.csv', `id,price\n${Array.from({ length: 300 }, (_, i) => `${i},${i}.5\n`).join('')}300,1.O\n`)
file('dots.csv', 'id,a.b\n1,2\n')
file('old.csv', 'id\n1\n')
file('folder/inside.txt', 'x')
file('words.csv', 'id,if,Größe\n1,2,3\n')
file('dates.csv', 'day\n01/02/2024\n03/04/2024\n')
file('headless.csv', '17,2.5\n18,3.5\n19,4.5\n')

// Folders of models that leave something open.
for (const [folder, names] of [
  ['bare', ['model.onnx']],
  ['several', ['a.onnx', 'b.onnx']],
] as const) {
  link(`${folder}/config.json`, 'config.json')
  link(`${folder}/tokenizer.json`, 'tokenizer.json')
  link(`${folder}/tokenizer_config.json`, 'tokenizer_config.json')
  for (const name of names) link(`${folder}/${name}`, 'model.int8.onnx')
}

function link(name: string, target: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  symlinkSync(join(models, 'all-minilm-l6-v2', target), join(folder, name))
}

export const csv = (path: string, more = {}) => ({ type: 'sources/csv', config: { path, ...more } })
export const none = { type: 'sinks/none', config: {} }
export const node = (type: string, config: object = {}, more = {}) => ({ type: `transforms/${type}`, config, ...more })
