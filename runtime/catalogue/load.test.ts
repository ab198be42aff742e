import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pipelineSchema } from '../pipeline/jsonschema.ts'
import { libraryFolders } from './libraries.ts'
import { loadCatalogue } from './load.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catalogue-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Writes a node library's files. */
function library(files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const info = "title: 'T', description: 'D', config: { type: 'object', properties: {} }, examples: []"

test('the listing is the folders, without tests and other files, and imports nothing', async () => {
  const { types } = await loadCatalogue([
    library({
      'sources/zebra.ts': 'throw new Error("imported")',
      'sources/ape.ts': 'throw new Error("imported")',
      'sources/ape.test.ts': '',
      'sources/README.md': '',
      'sinks/hole.ts': '',
      'formats/shared.ts': '',
      'sources/inner/deep.ts': '',
    }),
  ])
  expect(types).toEqual(['sources/ape', 'sources/zebra', 'sinks/hole'])
})

test('a definition is imported when it is asked for, and must be a node of its folder', async () => {
  const catalogue = await loadCatalogue([
    library({
      'transforms/right.ts': `export default { kind: 'transform', ${info} }`,
      'transforms/other.ts': `export default { kind: 'sink', ${info} }`,
      'transforms/empty.ts': 'export const x = 1',
      'transforms/throws.ts': 'throw new Error("at import")',
    }),
  ])
  expect(await catalogue.load('transforms/right')).toMatchObject({ kind: 'transform' })
  expect(await catalogue.load('transforms/none')).toBeNull()
  expect(await catalogue.load('toString')).toBeNull()
  await expect(catalogue.load('transforms/other')).rejects.toMatchObject({ code: 'not-a-node' })
  await expect(catalogue.load('transforms/empty')).rejects.toMatchObject({ code: 'not-a-node' })
  await expect(catalogue.load('transforms/throws')).rejects.toMatchObject({
    code: 'node-not-loaded',
    message: expect.stringContaining('at import'),
  })
})

test('a library for another contract is refused, and so is a type that two libraries have', async () => {
  const own = library({ 'sinks/hole.ts': '', 'package.json': '{"headrace": {"contract": 1}}' })
  await expect(loadCatalogue([own])).resolves.toMatchObject({ types: ['sinks/hole'] })
  await expect(loadCatalogue([own, own])).rejects.toMatchObject({ code: 'duplicate-node' })
  library({ 'package.json': '{"headrace": {"contract": 2}}' })
  await expect(loadCatalogue([own])).rejects.toMatchObject({
    code: 'contract',
    message: expect.stringContaining('contract 2, and this Headrace has 1'),
  })
})

test('the libraries that the repository names are found, and every node in them loads', async () => {
  expect(libraryFolders()).toHaveLength(1)
  const catalogue = await loadCatalogue()
  expect(catalogue.types).toContain('sources/csv')
  const all = await catalogue.loadAll()
  expect(Object.keys(all)).toEqual(catalogue.types)
  const schema = JSON.parse(JSON.stringify(pipelineSchema(all)))
  expect(schema.$defs.node.properties.type.anyOf[0].enum).toContain('transforms/filter')
  const filter = schema.$defs.node.allOf.find(
    (rule: { if: { properties: { type: { const: string } } } }) =>
      rule.if.properties.type.const === 'transforms/filter',
  )
  expect(filter.then.properties.config).toMatchObject({
    additionalProperties: false,
    required: ['where'],
    properties: { onError: { enum: ['reject', 'fail'], default: 'reject' } },
  })
})
