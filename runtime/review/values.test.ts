import { expect, test } from 'vitest'
import { parsePipeline } from '../pipeline/document.ts'
import type { Pipeline } from '../pipeline/model.ts'
import { oldNames } from './names.ts'
import { valueChanges } from './values.ts'

test('a change is told as deep as two values are alike', () => {
  expect(valueChanges({ a: { b: 1, c: [1, 2] } }, { a: { b: 2, c: [1, 2] }, d: null })).toEqual([
    { setting: 'a.b', before: 1, after: 2 },
    { setting: 'd', after: null },
  ])
  expect(valueChanges({ list: [1, 2] }, { list: [1, 3] })).toEqual([{ setting: 'list', before: [1, 2], after: [1, 3] }])
  expect(valueChanges({ a: 1, b: 2 }, { a: 1, b: 2 })).toEqual([])
  expect(valueChanges({ columns: { a: 'x', b: 'y' } }, { columns: { b: 'y', a: 'x' } })).toEqual([
    { setting: 'columns', order: true },
  ])
  expect(valueChanges({ key: { secret: 'A' } }, { key: { secret: 'B' } })).toEqual([
    { setting: 'key', before: { secret: 'A' }, after: { secret: 'B' } },
  ])
})

test('items of a list are the same ones where they are alike', () => {
  const before = [
    { port: 'a', where: 'x' },
    { port: 'b', where: 'y' },
  ]
  const after = [
    { port: 'b', where: 'z' },
    { port: 'c', where: 'w' },
  ]
  expect(valueChanges({ routes: before }, { routes: after })).toEqual([
    { setting: 'routes[0]', before: { port: 'a', where: 'x' } },
    { setting: 'routes[0].where', before: 'y', after: 'z' },
    { setting: 'routes[1]', after: { port: 'c', where: 'w' } },
  ])
})

const pipeline = (nodes: Record<string, [type: string, config?: object]>, edges: [string, string][]) =>
  parsePipeline(
    JSON.stringify({
      headrace: 1,
      nodes: Object.fromEntries(Object.entries(nodes).map(([id, [type, config = {}]]) => [id, { type, config }])),
      edges: edges.map(([from, to]) => ({ from, to })),
    }),
  ).pipeline as Pipeline

test('a node is the same one under its name, under its settings, or in its place', () => {
  const before = pipeline({ a: ['s/x', { p: 1 }], b: ['t/y', { q: 1 }], c: ['t/y', { q: 2 }], d: ['k/z'] }, [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'd'],
  ])
  const after = pipeline({ a: ['s/x', { p: 2 }], bb: ['t/y', { q: 1 }], cc: ['t/y', { q: 9 }], d: ['k/z'] }, [
    ['a', 'bb'],
    ['bb', 'cc'],
    ['cc', 'd'],
  ])
  expect([...oldNames(before, after)]).toEqual([
    ['a', 'a'],
    ['d', 'd'],
    ['bb', 'b'],
    ['cc', 'c'],
  ])
  const other = pipeline({ a: ['s/x'], e: ['t/w', { q: 1 }], d: ['k/z'] }, [
    ['a', 'e'],
    ['e', 'd'],
  ])
  expect([...oldNames(before, other).keys()]).toEqual(['a', 'd'])
})
