import { expect, test } from 'vitest'
import { preview } from './preview.ts'
import { pipelineText, trial } from './testing.ts'

const never = new AbortController().signal

test('a node that needs all rows gets those of every source, and what it makes goes on', async () => {
  const { file, world } = await trial({ 'a.csv': 'n,t\n3,c\n1,a\n', 'b.csv': 'n,t\n2,b\n9,z\n' })
  const text = pipelineText(
    {
      a: ['sources/csv', { path: 'a.csv' }],
      b: ['sources/csv', { path: 'b.csv' }],
      sorted: ['transforms/sort', { by: ['n'] }],
      few: ['transforms/filter', { where: 'n < 9' }],
      out: ['sinks/ndjson', { path: 'out.ndjson' }],
    },
    [
      ['a', 'sorted'],
      ['b', 'sorted'],
      ['sorted', 'few'],
      ['few', 'out'],
    ],
  )
  const answer = await preview({ file, text, node: null }, world, never)
  expect(answer.problems).toEqual([])
  expect(answer.edges['sorted → few']?.rows.map(([n]) => n)).toEqual(['1', '2', '3', '9'])
  expect(answer.edges['sorted → few']?.identities).toEqual(['a:a.csv:2', 'b:b.csv:1', 'a:a.csv:1', 'b:b.csv:2'])
  expect(answer.edges['few → out']?.rows.map(([n]) => n)).toEqual(['1', '2', '3'])
  expect(answer.nodes['sorted']).toMatchObject({ in: 4, out: 4, filtered: 0, rejected: 0 })
  expect(answer.nodes['few']).toMatchObject({ in: 4, out: 3, filtered: 1 })
})
