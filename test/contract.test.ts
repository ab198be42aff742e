import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Example, Schema, type TransformNode } from '@headrace/runtime/sdk'
import { Bench, folderOf, promisesOf, runCuts } from '@headrace/runtime/testing'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { examplesFolder, loadCatalogue, nodeTypes } from './contract/catalogue.ts'
import { anyRows } from './contract/values.ts'

const catalogue = await loadCatalogue()
const scratch = mkdtempSync(join(tmpdir(), 'contract-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const freshFolder = () => mkdtempSync(join(scratch, 'run-'))

const models = join(examplesFolder, '../models')

describe.for(catalogue)('%s', ([type, node]) => {
  test('lies in the folder of its kind', () => {
    expect(type).toMatch(/^(sources|transforms|models|sinks)\/[a-z][a-z0-9-]*$/)
    expect(node.kind === 'table' ? 'transforms' : `${node.kind}s`).toBe(type.split('/')[0])
    expect(node.summary, 'what its card says').toBeDefined()
  })

  // What `headrace nodes test` shows of a node of somebody's own holds for each of ours.
  const promises = promisesOf(node, { folder: examplesFolder, fresh: freshFolder })
  describe.skipIf(node.kind === 'model' && !existsSync(models))('promises', () => {
    test.for(promises)('$name', ({ check }) => check())
  })

  if (node.kind === 'transform')
    test.for(node.examples)('$title, with any rows', (example) => takesAnyRows(node, example))
})

async function takesAnyRows(node: TransformNode, example: Example): Promise<void> {
  const { input: fields = [] } = example
  const property = fc.asyncProperty(anyRows(fields, 9), async (rows) => {
    await runCuts(
      node,
      example.config,
      { fields, rows },
      { folder: folderOf(example, examplesFolder, freshFolder), cuts: [4096, 0, 2] },
    )
  })
  await fc.assert(property, { numRuns: 40 })
}

test('importing the catalogue loads no native code and no library but the schema builder', () => {
  const script = join(import.meta.dirname, 'contract/import-all.ts')
  const printed = execFileSync(process.execPath, [script], { encoding: 'utf8', maxBuffer: 1 << 24 })
  const { nodes, loaded, native } = JSON.parse(printed) as Record<'nodes' | 'loaded' | 'native', string[]>
  expect(nodes).toEqual(nodeTypes)
  expect(native).toEqual([])
  const libraries = loaded.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [])
  expect([...new Set(libraries)].filter((name) => name !== 'typebox')).toEqual([])
})

test('the columns of every transform are those promised, also for an input without columns', () => {
  for (const [, node] of catalogue) {
    if (node.kind !== 'transform') continue
    const bench = new Bench()
    const config = node.examples[0]?.config
    node.columns(bench.columnsContext(config as never, new Schema([]), null))
  }
})
