import { describe, expect, test } from 'vitest'
import { editText, type Fix, fixesFor, type Pipeline, type Problem } from '../../runtime/pipeline/index.ts'
import { chain, line, to } from './mending.ts'
import { checkText, csv, node, none, textOf } from './scene.ts'

describe('a column that was renamed', () => {
  const nodes = {
    orders: csv('orders.csv'),
    pick: node('select', { columns: ['id', { column: 'price', as: 'preis' }] }),
    dear: node('filter', { where: '`preis` > 1.0 && row["preis"] < 9.0' }),
    more: node('derive', { columns: { double: 'preis * 2.0', next: 'id + 1' } }),
    last: node('select', { columns: ['id', { column: 'preis', type: 'string' }] }),
    out: { type: 'sinks/lancedb', config: { path: 'db', table: 't', key: 'preis' } },
  }
  const edges = chain('orders', 'pick', 'dear', 'more', 'last', 'out')

  test('is put in its place in every node that misses it, or in one', async () => {
    const text = textOf(nodes, edges)
    const before = await checkText(text)
    expect(before.answer.problems).toEqual([])
    const renamed = textOf(
      { ...nodes, pick: node('select', { columns: ['id', { column: 'price', as: 'betrag' }] }) },
      edges,
    )
    const { pipeline, answer } = await checkText(renamed)
    const missed = answer.problems.map(({ code, place }) => `${code} ${place.node}`)
    expect(missed).toEqual(['unknown-column dear', 'unknown-column more', 'unknown-column last', 'unknown-column out'])
    const facts = { before: [before.answer] }
    const [all, one] = fixesFor(answer.problems[0] as Problem, pipeline, answer, facts) as [Fix, Fix]
    expect(all.title).toBe('Use `betrag` instead of `preis` in 4 nodes')
    const fixed = all.change(pipeline)
    expect(fixed.nodes['dear']?.config['where']).toBe('`betrag` > 1.0 && row["betrag"] < 9.0')
    expect((await checkText(editText(renamed, pipeline, fixed))).answer.problems).toEqual([])
    expect(one.title).toBe('Use `betrag` instead of `preis`')
    const some = await checkText(editText(renamed, pipeline, one.change(pipeline)))
    expect(some.answer.problems.map(({ place }) => place.node)).toEqual(['more', 'last', 'out'])
    const [, third] = fixesFor(answer.problems[2] as Problem, pipeline, answer, facts)
    expect(third?.title).toBe('Use `betrag` instead of `preis`')
  })

  test('is found by its place among the columns, then by its type', async () => {
    const plain = { orders: csv('orders.csv'), mid: node('filter', { where: 'price > 1.0' }), out: none }
    const before = await checkText(textOf(plain, line))
    const changed: Record<string, object> = {
      ...plain,
      pick: node('select', { columns: [{ column: 'price', as: 'kosten' }, 'id', { column: 'name', as: 'n' }] }),
    }
    const now = await checkText(textOf(changed, chain('orders', 'pick', 'mid', 'out')))
    const facts = { before: [before.answer] }
    const titles = fixesFor(now.answer.problems[0] as Problem, now.pipeline, now.answer, facts).map(
      ({ title }) => title,
    )
    expect(titles).toEqual(['Keep `price` in pick'])
  })
})

test('a problem that only the reader can mend has no fix, and an unknown one neither', async () => {
  const { pipeline, answer } = await checkText(textOf(to(none), ['orders -> out']))
  const problem: Problem = { severity: 'error', code: 'toString', message: 'x', place: {} }
  expect(fixesFor(problem, pipeline, answer)).toEqual([])
  expect(
    fixesFor({ ...problem, code: 'unknown-column', place: { node: 'gone' } }, pipeline as Pipeline, answer),
  ).toEqual([])
})
