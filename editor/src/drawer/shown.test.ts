import { type Pipeline, parsePipeline } from '@headrace/runtime/pipeline'
import { expect, test } from 'vitest'
import { shownEdge } from './shown.ts'

const { pipeline } = parsePipeline(
  JSON.stringify({
    headrace: 1,
    nodes: {
      emoji: { type: 'sources/csv', config: {} },
      text: { type: 'transforms/derive', config: {} },
      store: { type: 'sinks/lancedb', config: {} },
      bad: { type: 'sinks/ndjson', config: {} },
      lonely: { type: 'sources/csv', config: {} },
    },
    edges: [
      { from: 'emoji.rejects', to: 'bad' },
      { from: 'emoji', to: 'text' },
      { from: 'text', to: 'store' },
    ],
  }),
)
const shown = (nodes: string[], edge: string | null = null) =>
  shownEdge(pipeline as Pipeline, null, { nodes, edge }).key

test('the drawer shows the selected edge, else the selected node: what leaves it, of a sink what enters', () => {
  expect(shown([], 'emoji → text')).toBe('emoji → text')
  expect(shown(['emoji'])).toBe('emoji → text')
  expect(shown(['store'])).toBe('text → store')
  expect(shown(['bad'])).toBe('emoji.rejects → bad')
  expect(shown(['lonely'])).toBe('lonely → ')
})

test('with nothing selected it shows the last edge before the sinks, never a rejects edge', () => {
  expect(shown([])).toBe('text → store')
  expect(shown([], 'gone → away')).toBe('text → store')
  expect(shownEdge(null, null, { nodes: [], edge: null }).key).toBeNull()
})

test('before a run it shows the last edge that has rows of the preview', () => {
  const nothing = { nodes: [], edge: null }
  expect(shownEdge(pipeline, null, nothing, (key) => key === 'emoji → text').key).toBe('emoji → text')
  expect(shownEdge(pipeline, null, nothing, () => false).key).toBe('text → store')
})

test('an edge beside disabled nodes is looked for in a run under the edge that stands for it', () => {
  const checked = {
    problems: [],
    params: {},
    nodes: {},
    edges: [
      { columns: null, live: [] },
      { columns: null, live: ['emoji → store'] },
    ],
  }
  expect(shownEdge(pipeline, checked, { nodes: ['emoji'], edge: null }).live).toBe('emoji → store')
})
