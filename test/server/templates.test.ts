import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CheckAnswer, PipelineText, TemplateView } from '../../runtime/server/api/index.ts'
import { Served } from './serve.ts'

const root = join(import.meta.dirname, '..', '..')
const roots = [join(root, 'node_modules'), join(root, 'examples')]
const served = await Served.start({}, { roots })
const copy = (name: string, from = served) => from.ask<{ id: string }>('POST', `templates/${name}`)

test('the start page has four templates, each with a title and a sentence', async () => {
  const templates = await served.get<TemplateView[]>('templates')
  expect(templates.map(({ name, title }) => [name, title])).toEqual([
    ['emoji-search', 'Emoji search'],
    ['clean-csv', 'Clean a CSV'],
    ['docs-to-vectors', 'Documents to vectors'],
    ['classify-wine', 'Classify'],
  ])
  for (const { description } of templates) expect(description).toMatch(/^[^.]{20,130}\.$/)
})

test.each(['emoji-search', 'clean-csv', 'docs-to-vectors', 'classify-wine'])(
  '%s is copied with its data and runs as it is, again and again',
  async (name) => {
    const { status, value } = await copy(name)
    expect([status, value]).toEqual([201, { id: `${name}/pipeline.json` }])
    const { text, locked } = await served.get<PipelineText>(`pipelines/${encodeURIComponent(value.id)}`)
    expect(locked).toBeUndefined()
    const { value: checked } = await served.ask<CheckAnswer>('POST', 'check', { pipeline: value.id, text })
    expect(checked.problems).toEqual([])
    interface Sink {
      readonly type: string
      readonly config: { readonly ifExists?: string; readonly replaceBy?: string }
    }
    const { nodes } = JSON.parse(text) as { nodes: Record<string, Sink> }
    const sinks = Object.values(nodes).filter(({ type }) => type.startsWith('sinks/'))
    // Either the whole output makes way, or each document's old rows do.
    const again = sinks.map(({ config }) => config.ifExists ?? (config.replaceBy && 'replaceBy'))
    expect(again).toEqual(sinks.map(() => (name === 'docs-to-vectors' ? 'replaceBy' : 'replace')))
    expect(readdirSync(join(served.folder, name))).not.toContain('out')
  },
)

test('models are linked, not copied, and examples stay as they are', () => {
  expect(readlinkSync(join(served.folder, 'models'))).toBe(join(root, 'examples', 'models'))
  const own = readFileSync(join(served.folder, 'docs-to-vectors/pipeline.json'), 'utf8')
  expect(own).toContain('"node_modules/.pnpm')
  expect(readFileSync(join(root, 'examples/docs-to-vectors/pipeline.json'), 'utf8')).toContain(
    '"../../node_modules/.pnpm',
  )
})

test('the same template comes again under another name, and none that is not there', async () => {
  expect((await copy('clean-csv')).value.id).toBe('clean-csv-2/pipeline.json')
  expect((await copy('nothing')).status).toBe(404)
  expect((await copy(encodeURIComponent('../runtime'))).status).toBe(404)
  expect(readdirSync(served.folder).filter((name) => name.startsWith('.clean'))).toEqual([])
})

test('a folder of models that is there already is kept, and gets the links that are missing', async () => {
  const other = await Served.start({}, { roots })
  mkdirSync(join(other.folder, 'models', 'classical'), { recursive: true })
  writeFileSync(join(other.folder, 'models', 'classical', 'own.onnx'), '')
  await copy('emoji-search', other)
  expect(readdirSync(join(other.folder, 'models')).sort()).toEqual(['all-minilm-l6-v2', 'classical', 'cnn-digits'])
  expect(readdirSync(join(other.folder, 'models', 'classical'))).toEqual(['own.onnx'])
})
