import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Example, type Field, Schema, type TransformNode } from '@headrace/runtime/sdk'
import {
  Bench,
  type Ran,
  type Rows,
  readSource,
  runCuts,
  runNode,
  sameValues,
  writeSink,
} from '@headrace/runtime/testing'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { withDefaults } from '../runtime/pipeline/settings.ts'
import { checkSettings } from '../runtime/pipeline/validate.ts'
import { examplesFolder, loadCatalogue, nodeTypes } from './contract/catalogue.ts'
import { allNull, anyRows, beyondAscii } from './contract/values.ts'

const catalogue = await loadCatalogue()
const scratch = mkdtempSync(join(tmpdir(), 'contract-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const freshFolder = () => mkdtempSync(join(scratch, 'run-'))

const modelTolerance = 1e-5
const models = join(examplesFolder, '../models')

describe.for(catalogue)('%s', ([type, node]) => {
  test('says what it is, with examples', () => {
    expect(type).toMatch(/^(sources|transforms|models|sinks)\/[a-z][a-z0-9-]*$/)
    expect(`${node.kind}s`).toBe(type.split('/')[0])
    expect(node.title).not.toBe('')
    expect(node.description).toMatch(/^[A-Z].*\.$/s)
    expect(node.examples.length).toBeGreaterThan(0)
    for (const example of node.examples) expect(example.title).not.toBe('')
  })

  test('describes every setting, and its examples check', () => {
    const { properties = {} } = node.config as { properties?: Record<string, { description?: string }> }
    for (const [setting, { description }] of Object.entries(properties)) expect(description, setting).toMatch(/\S/)
    for (const example of node.examples) expect(checkSettings(node.config, example.config), example.title).toEqual([])
  })

  test('says in one line what its settings are, for the card', () => {
    for (const example of node.examples) {
      const said = node.summary?.(withDefaults(node.config, example.config) as never) ?? ''
      expect(said, example.title).toMatch(/^\S.*\S$/)
      expect(said).not.toMatch(/undefined|\[object|\/.*\/.*\/.*\//)
    }
  })

  test('reports a setting that it does not know', () => {
    const problems = checkSettings(node.config, { ...node.examples[0]?.config, nosuchsetting: 1 })
    expect(problems.map(({ setting }) => setting)).toEqual(['nosuchsetting'])
  })

  if (node.kind === 'transform') {
    test.for(node.examples)('$title', (example) => keepsTheContract(node, example, 0))
    test.for(node.examples)('$title, with any rows', (example) => takesAnyRows(node, example))
  } else if (node.kind === 'model') {
    describe.skipIf(!existsSync(models))('with the models in examples/models', () => {
      test.for(node.examples)('$title', (example) =>
        // A model has all that a transform has but for `run`'s context.
        keepsTheContract(node as unknown as TransformNode, example, modelTolerance),
      )
    })
  } else if (node.kind === 'source') {
    test.for(node.examples)('$title', async (example) => {
      const bench = new Bench(freshFolder())
      for (const [path, content] of Object.entries(example.files ?? {})) {
        mkdirSync(dirname(join(bench.folder, path)), { recursive: true })
        writeFileSync(join(bench.folder, path), content)
      }
      const read = await readSource(node, example.config, bench)
      expect(read.problems.filter(({ severity }) => severity === 'error')).toEqual([])
      if (example.output) sameValues(read.rows, example.output, 0)
      if (example.rejected !== undefined) expect(read.rejected).toHaveLength(example.rejected)
      expect(new Set(read.identities).size).toBe(read.rows.length)
      const again = await readSource(node, example.config, new Bench(bench.folder))
      sameValues(again.rows, read.rows, 0)
    })
  } else if (node.kind === 'sink') {
    test.for(node.examples)('$title', async (example) => {
      const { fields, rows } = inputOf(example)
      const texts = new Set<string>()
      for (const batchRows of [4096, 0, 1]) {
        const splits = [
          { fields, rows, batchRows },
          { fields, rows: [], batchRows },
        ]
        const written = await writeSink(node, example.config, splits, new Bench(freshFolder()))
        expect(written.problems).toEqual([])
        expect(written.rejected).toHaveLength(example.rejected ?? 0)
        const staged = written.receipts.reduce((sum, receipt) => sum + receipt.rows, 0)
        expect(staged).toBe(rows.length - written.rejected.length)
        expect(written.output?.rows).toBe(staged - written.replaced)
        const path = written.output?.path ?? ''
        if (/\.(csv|ndjson)$/.test(path)) texts.add(readFileSync(path, 'utf8'))
      }
      expect(texts.size).toBeLessThanOrEqual(1)
    })
    test.for(node.examples)('$title, with nulls and other scripts', async (example) => {
      const { fields, rows } = inputOf(example)
      for (const other of [allNull(fields, 3), beyondAscii(rows), []]) {
        const written = await writeSink(node, example.config, [{ fields, rows: other }], new Bench(freshFolder()))
        const staged = written.receipts.reduce((sum, receipt) => sum + receipt.rows, 0)
        expect(staged + written.rejected.length).toBe(other.length)
      }
    })
  }
})

/** The books are checked by every run: `runNode` throws where they do not balance or memory is still held. */
async function keepsTheContract(node: TransformNode, example: Example, tolerance: number): Promise<void> {
  const folder = examplesFolder
  const input = inputOf(example)
  const ran = await runCuts(node, example.config, input, { folder, tolerance })
  expect(ran.problems.filter(({ severity }) => severity === 'error')).toEqual([])
  if (example.output) sameValues(shownAs(example, ran), example.output, tolerance)
  if (example.rejected !== undefined) expect(ran.rejected).toHaveLength(example.rejected)
  const ports = node.ports?.(example.config as never) ?? ['']
  for (const port of Object.keys(ran.ports)) expect(ports).toContain(port)

  const { fields, rows } = input
  for (const other of [[], rows.slice(0, 1), allNull(fields, 3), beyondAscii(rows)]) {
    // Opening a model takes a while: one cut is enough there.
    const cuts = tolerance ? [4096] : [4096, 0]
    await runCuts(node, example.config, { fields, rows: other }, { folder, tolerance, cuts })
  }
  await stopsCleanly(node, example, folder)
}

/** An end in the middle, by a consumer that has enough or an input that fails, leaves no memory held. */
async function stopsCleanly(node: TransformNode, example: Example, folder: string): Promise<void> {
  const { fields, rows } = inputOf(example)
  const long = { fields, rows: Array.from({ length: 8 }, () => rows).flat(), batchRows: 1 }
  await runNode(node, example.config, { ...long, stopAfter: 1 }, new Bench(folder))
  const bench = new Bench(folder)
  const ended = await runNode(node, example.config, { ...long, failAfter: 3 }, bench).catch(
    (error: Error) => error.message,
  )
  // A node that had enough before the input failed does not hear of it.
  if (typeof ended === 'string') expect(ended).toBe('the input failed')
  expect(bench.pool.held).toBe(0)
}

async function takesAnyRows(node: TransformNode, example: Example): Promise<void> {
  const { fields } = inputOf(example)
  const property = fc.asyncProperty(anyRows(fields, 9), async (rows) => {
    await runCuts(node, example.config, { fields, rows }, { folder: examplesFolder, cuts: [4096, 0, 2] })
  })
  await fc.assert(property, { numRuns: 40 })
}

function inputOf(example: Example): Rows & { fields: readonly Field[] } {
  return { fields: example.input ?? [], rows: example.rows ?? [] }
}

/** A run's rows in the form in which the example writes them: a list, or one a port. */
const shownAs = (example: Example, ran: Ran): unknown => (Array.isArray(example.output) ? ran.rows : ran.ports)

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
