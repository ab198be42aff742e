import { describe, expect, test } from 'vitest'
import { parsePipeline } from '../document.ts'
import { edgeText, type Pipeline } from '../model.ts'
import * as edit from './index.ts'

const read = (value: object): Pipeline => parsePipeline(JSON.stringify({ headrace: 1, ...value })).pipeline as Pipeline

const pipeline = read({
  nodes: { a: { type: 'sources/csv', config: { path: 'a.csv' } }, b: { type: 'transforms/x' }, c: { type: 'sinks/y' } },
  edges: [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'b.rejects', to: 'c' },
  ],
  layout: { a: [0, 0], b: [240, 0], c: [480, 16] },
  groups: { work: { name: 'Work', nodes: ['b', 'c'] } },
  notes: { hint: { text: 'Mind the gap', at: [0, 200] } },
})
const edges = (one: Pipeline) => one.edges.map(edgeText)

describe('nodes', () => {
  test('go with their edges and their place in groups; a group without nodes goes too', () => {
    const left = edit.removeNodes(pipeline, ['b'])
    expect(edges(left)).toEqual([])
    expect(left.groups).toEqual({ work: { name: 'Work', nodes: ['c'] } })
    expect(edit.removeNodes(left, ['c']).groups).toBeUndefined()
  })

  test('go and leave their neighbours connected, not those that took the rejected rows', () => {
    expect(edges(edit.removeNodes(pipeline, ['b'], true))).toEqual(['a → c'])
    expect(edges(edit.removeNodes(pipeline, ['a', 'b'], true))).toEqual([])
  })

  test('take another name everywhere, unless it is taken or none', () => {
    const renamed = edit.renameNode(pipeline, 'b', 'clean')
    expect(Object.keys(renamed.nodes)).toEqual(['a', 'clean', 'c'])
    expect(edges(renamed)).toEqual(['a → clean', 'clean → c', 'clean.rejects → c'])
    expect([renamed.layout?.['clean'], renamed.groups?.['work']?.nodes]).toEqual([
      [240, 0],
      ['clean', 'c'],
    ])
    for (const wrong of ['c', 'B', '', '1a', 'constructor', 'a b']) {
      expect(edit.renameNode(pipeline, 'b', wrong)).toBe(pipeline)
    }
  })

  test('get ids that are free and that a file may hold', () => {
    expect(edit.freeId(pipeline, 'Ärger & Co')).toBe('rger-co')
    expect(edit.freeId(pipeline, 'b')).toBe('b-2')
    expect(edit.freeId(pipeline, '17')).toBe('node')
    expect(edit.freeId(pipeline, 'constructor')).toBe('constructor-2')
    expect(edit.freeId({ ...pipeline, nodes: { ...pipeline.nodes, 'b-2': pipeline.nodes['b']! } }, 'b-2')).toBe('b-3')
  })

  test('stand at whole pixels, never at -0', () => {
    expect(edit.moveNodes(pipeline, { a: [-0.2, 7.6] }).layout?.['a']).toEqual([0, 8])
  })
})

describe('groups and notes', () => {
  test('a node stands in one group at most', () => {
    const grouped = edit.groupNodes(pipeline, ['a', 'b', 'gone'], 'First steps')
    expect(grouped.groups).toEqual({
      work: { name: 'Work', nodes: ['c'] },
      'first-steps': { name: 'First steps', nodes: ['a', 'b'] },
    })
    expect(edit.groupOf(grouped, 'a')).toBe('first-steps')
    expect(edit.moveToGroup(grouped, ['c'], 'first-steps').groups).toEqual({
      'first-steps': { name: 'First steps', nodes: ['a', 'b', 'c'] },
    })
    expect(edit.moveToGroup(grouped, ['a', 'b'], null).groups).toEqual({ work: { name: 'Work', nodes: ['c'] } })
    expect(edit.moveToGroup(grouped, ['c'], 'work')).toBe(grouped)
    expect(edit.groupNodes(pipeline, ['gone'], 'x')).toBe(pipeline)
  })

  test('are named, collapsed, opened and taken away', () => {
    const collapsed = edit.collapseGroup(edit.renameGroup(pipeline, 'work', 'W'), 'work', true)
    expect(collapsed.groups?.['work']).toEqual({ name: 'W', nodes: ['b', 'c'], collapsed: true })
    expect(edit.collapseGroup(collapsed, 'work', false).groups?.['work']).toEqual({ name: 'W', nodes: ['b', 'c'] })
    expect('groups' in edit.ungroup(pipeline, 'work')).toBe(false)
    expect(edit.ungroup(pipeline, 'none')).toBe(pipeline)
  })

  test('notes are placed, written, sized and taken away', () => {
    const more = edit.addNote(pipeline, edit.freeNoteId(pipeline), { text: 'x', at: [1.4, 2], size: [200.6, 80] })
    expect(more.notes?.['note']).toEqual({ text: 'x', at: [1, 2], size: [201, 80] })
    expect(edit.changeNote(more, 'note', { text: 'y' }).notes?.['note']).toEqual({
      text: 'y',
      at: [1, 2],
      size: [201, 80],
    })
    expect('notes' in edit.removeNotes(more, ['note', 'hint'])).toBe(false)
  })

  test('wrong shapes in the file are problems with their place, and the rest is read', () => {
    const { problems, pipeline: some } = parsePipeline(
      '{"headrace": 1, "nodes": {},\n"groups": {"a": 5, "b": {"name": "B", "nodes": ["x", 7], "colour": 1}},\n"notes": {"n": {"text": "x"}, "m": {"text": 1, "at": [0, 0], "size": [1]}}}',
    )
    expect(problems.map(({ code, message, place }) => `${code} ${place.line} ${message}`)).toEqual([
      'wrong-shape 2 groups.a: expected an object, found the number 5',
      'unknown-key 2 unknown key "colour" in groups.b',
      'wrong-shape 2 groups.b.nodes: expected node ids, found the number 7',
      'wrong-shape 3 notes.n.at: expected two numbers, found nothing',
      'wrong-shape 3 notes.m.size: expected two numbers, found a list',
      'wrong-shape 3 notes.m.text: expected a text, found the number 1',
    ])
    expect(some?.groups).toEqual({ b: { name: 'B', nodes: ['x'] } })
    expect(some?.notes).toEqual({ m: { text: '', at: [0, 0] } })
  })
})

describe('copy and paste', () => {
  test('copies get fresh ids, keep the edges among them, their places and whole groups', () => {
    const pasted = edit.pasteNodes(pipeline, edit.copyNodes(pipeline, ['b', 'c'], ['hint']), [1000, 500])
    expect(pasted?.nodes).toEqual(['b-2', 'c-2'])
    expect(edges(pasted!.pipeline).slice(3)).toEqual(['b-2 → c-2', 'b-2.rejects → c-2'])
    expect(pasted?.pipeline.layout).toMatchObject({ 'b-2': [1240, 500], 'c-2': [1480, 516] })
    expect(pasted?.pipeline.groups?.['work-2']).toEqual({ name: 'Work', nodes: ['b-2', 'c-2'] })
    expect(pasted?.pipeline.notes?.['hint-2']).toEqual({ text: 'Mind the gap', at: [1000, 700] })
    expect(edit.copyNodes(pipeline, ['b'])).not.toContain('groups')
  })

  test('a duplicate stands a little off', () => {
    const twice = edit.duplicateNodes(edit.duplicateNodes(pipeline, ['a'])!.pipeline, ['a-2'])
    expect([twice?.nodes, twice?.pipeline.layout?.['a-3']]).toEqual([['a-3'], [64, 64]])
    expect(twice?.pipeline.nodes['a-3']?.config).toEqual({ path: 'a.csv' })
  })

  test.each([
    [
      'a whole pipeline',
      JSON.stringify({ headrace: 1, nodes: { b: { type: 'x/y' } }, edges: [{ from: 'b', to: 'gone' }] }),
      ['b-2'],
    ],
    ['one without a version', '{"nodes": {"n": {"type": "x/y"}, "m": {"type": "x/z"}}, "edges": []}', ['n', 'm']],
    ['a single node', '{"type": "transforms/filter", "config": {"where": "true"}}', ['filter']],
    ['nodes by id', '{"one": {"type": "x/y"}, "b": {"type": "x/y"}}', ['one', 'b-2']],
    ['a text', 'hello', null],
    ['another JSON', '{"name": 1}', null],
    ['a list', '[1]', null],
    ['nothing', '', null],
  ])('%s', (_, text, ids) => {
    expect(edit.pasteNodes(pipeline, text)?.nodes ?? null).toEqual(ids)
  })

  test('an edge whose other end was not copied is left out', () => {
    const pasted = edit.pasteNodes(pipeline, '{"nodes": {"b": {"type": "x/y"}}, "edges": [{"from": "b", "to": "c"}]}')
    expect(pasted?.pipeline.edges).toEqual(pipeline.edges)
  })
})
