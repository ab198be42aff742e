import { type Pipeline, parsePipeline } from '@headrace/runtime/pipeline'
import { expect, test } from 'vitest'
import { card, placesOf } from './place.ts'

const read = (edges: [string, string][], layout?: object): Pipeline =>
  parsePipeline(
    JSON.stringify({
      headrace: 1,
      nodes: Object.fromEntries(
        [...new Set(edges.flat())].map((id) => [id, { type: 'transforms/filter', config: {} }]),
      ),
      edges: edges.map(([from, to]) => ({ from, to })),
      ...(layout && { layout }),
    }),
  ).pipeline as Pipeline

test('nodes lie where the file has them, the frame around all of them', () => {
  const { at, frame } = placesOf(read([['a', 'b']], { a: [-40, 16], b: [200, 96] }))
  expect(at).toEqual({ a: [-40, 16], b: [200, 96] })
  expect(frame).toEqual([-64, -8, 240 + card.width + 48, 80 + card.height + 48])
})

test('without a layout they lie in columns from the sources to the sinks, none on another', () => {
  const { at } = placesOf(
    read([
      ['a', 'b'],
      ['b', 'd'],
      ['a', 'c'],
      ['c', 'd'],
      ['a', 'd'],
    ]),
  )
  expect([at['a']?.[0], at['b']?.[0], at['c']?.[0], at['d']?.[0]]).toEqual([0, 1, 1, 2].map((n) => n * card.across))
  expect(new Set(Object.values(at).map(String)).size).toBe(4)
})

test('a circle of edges still has a picture', () => {
  expect(
    Object.keys(
      placesOf(
        read([
          ['a', 'b'],
          ['b', 'a'],
        ]),
      ).at,
    ),
  ).toEqual(['a', 'b'])
})
