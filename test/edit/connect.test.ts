import { describe, expect, test } from 'vitest'
import { type Connectable, columnWay, connectable, editText } from '../../runtime/pipeline/index.ts'
import { checkText, csv, models, node, none, textOf } from './scene.ts'

const port = (node: string, port = '') => ({ node, port })
const reasonOf = (one: Connectable) => (one.ok ? 'ok' : one.reason)
const titlesOf = (one: Connectable) => (one.ok ? [] : one.fixes.map(({ title }) => title))

const nodes = {
  a: csv('orders.csv'),
  b: csv('more.csv'),
  mid: node('sample', { first: 1 }),
  way: node('route', { routes: [{ port: 'cheap', where: 'id > 1' }] }),
  out: none,
}
const edges = ['a -> mid', 'mid -> way', 'way.cheap -> out']

describe('an edge cannot be drawn, and the reason is said', () => {
  test.each([
    [port('mid'), 'b', 'b is a source: it reads its own input, no rows lead into it.', []],
    [port('a'), 'b', 'b is a source: it reads its own input, no rows lead into it.', []],
    [port('out'), 'mid', 'out is a sink: only the rows that it rejects can go on.', []],
    [port('mid'), 'mid', 'A node cannot feed itself.', []],
    [port('a'), 'mid', 'This edge is there already.', []],
    [port('way', 'otherwise'), 'mid', 'The rows would go in a circle: mid → way → mid.', []],
    [port('way'), 'out', 'way has several outputs: take one of them.', ['Connect way.cheap', 'Connect way.otherwise']],
    [port('way', 'dear'), 'out', 'way has no output "dear".', ['Connect way.cheap', 'Connect way.otherwise']],
    [port('gone'), 'out', 'There is no node gone.', []],
    [port('way', 'rejects'), 'out', 'ok', []],
    [port('way', 'otherwise'), 'out', 'ok', []],
    [
      port('b'),
      'way',
      '`price` is string here and float64 on the edge from mid.',
      [
        'Cast `price` to float64 on the way',
        'Make `price` text on the edge from mid',
        'Keep both: rename `price` to `price_2`',
      ],
    ],
  ])('%j to %s', async (from, to, reason, fixes) => {
    const { pipeline, answer } = await checkText(textOf(nodes, edges))
    const said = connectable(pipeline, from, to, answer)
    expect(reasonOf(said)).toBe(reason)
    if (!reason.startsWith('way has')) expect(titlesOf(said).slice(0, fixes.length)).toEqual(fixes)
  })

  test('each fix draws an edge that the check takes', async () => {
    const text = textOf({ ...nodes, c: csv('orders.csv'), last: none }, [...edges, 'c -> way', 'way.otherwise -> last'])
    const { pipeline, answer } = await checkText(text)
    expect(answer.problems.filter(({ severity }) => severity === 'error').map(({ place }) => place.node)).toEqual(
      ['b'].slice(1),
    )
    for (const from of [port('b')]) {
      const said = connectable(pipeline, from, 'way', answer)
      if (said.ok) throw new Error('it should not fit')
      expect(said.fixes).toHaveLength(3)
      for (const { title, change } of said.fixes) {
        const after = await checkText(editText(text, pipeline, change(pipeline)))
        expect([title, after.answer.problems.map(({ message }) => message)]).toEqual([title, []])
        expect(after.answer.nodes['way']?.input?.some(({ name }) => name === 'count')).toBe(true)
      }
    }
  })
})

describe('the way of a column', () => {
  test('goes through renames, expressions, models and pieces, back to the source and on to the sink', async () => {
    const { pipeline, answer } = await checkText(
      textOf(
        {
          orders: csv('orders.csv'),
          pick: node('select', { columns: [{ column: 'name', as: 'title' }, 'id', 'tags'] }),
          text: node('derive', { columns: { text: 'title + ": " + tags', twice: 'id * 2' } }),
          pieces: node('chunk', { column: 'text', as: 'piece' }),
          vectors: { type: 'models/embed', config: { model: `${models}/all-minilm-l6-v2`, column: 'piece' } },
          out: none,
          other: none,
        },
        [
          'orders -> pick',
          'pick -> text',
          'text -> pieces',
          'pieces -> vectors',
          'vectors -> out',
          'text.rejects -> other',
        ],
      ),
    )
    expect(answer.problems).toEqual([])
    const way = columnWay(pipeline, answer, 'vectors → out', 'vector')
    expect(way.edges).toEqual({
      'orders → pick': ['tags', 'name'],
      'pick → text': ['tags', 'title'],
      'text → pieces': ['text'],
      'pieces → vectors': ['piece'],
      'vectors → out': ['vector'],
    })
    const name = columnWay(pipeline, answer, 'orders → pick', 'name')
    expect(name.edges['vectors → out']?.toSorted()).toEqual([
      'chunkEnd',
      'chunkIndex',
      'chunkStart',
      'piece',
      'text',
      'title',
      'vector',
    ])
    expect(name.edges['text.rejects → other']).toEqual(['title'])
    expect(new Set(name.nodes)).toEqual(new Set(Object.keys(pipeline.nodes)))
    expect(columnWay(pipeline, answer, 'pick → text', 'id').edges['text → pieces']?.toSorted()).toEqual(['id', 'twice'])
  })

  test('leads from what a model says to the columns that it was asked with', async () => {
    const model = `${models}/classical/tfidf-logistic-regression-banking.onnx`
    const config = { model, inputs: { input: 'name' }, outputs: { label: 'intent' } }
    const { pipeline, answer } = await checkText(
      textOf({ orders: csv('orders.csv'), mid: { type: 'models/onnx', config }, out: none }, [
        'orders -> mid',
        'mid -> out',
      ]),
    )
    const way = columnWay(pipeline, answer, 'mid → out', 'intent')
    expect(way.edges).toEqual({ 'orders → mid': ['name'], 'mid → out': ['intent'] })
  })

  test('passes a disabled node by and ends where a column is not known', async () => {
    const off = { ...node('sample', { first: 1 }), disabled: true }
    const { pipeline, answer } = await checkText(
      textOf({ orders: csv('orders.csv'), off, out: none }, ['orders -> off', 'off -> out']),
    )
    expect(Object.keys(columnWay(pipeline, answer, 'orders → off', 'id').edges)).toEqual(['orders → off', 'off → out'])
    expect(columnWay(pipeline, answer, 'nowhere', 'id')).toEqual({ edges: {}, nodes: [] })
  })
})
