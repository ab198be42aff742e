import { describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../../runtime/catalogue/load.ts'
import { planOf } from '../../../runtime/engine/prepare.ts'
import { definitions as small } from '../../../runtime/pipeline/check.scene.ts'
import { checkPipeline } from '../../../runtime/pipeline/check.ts'
import { parsePipeline } from '../../../runtime/pipeline/document.ts'
import { type Field, list, types } from '../../../runtime/pipeline/types.ts'
import type { NodeDefinition } from '../../../runtime/sdk/node.ts'

const columns: Field[] = [
  { name: 'id', type: types.int64 },
  { name: 'price', type: types.float64 },
  { name: 'lang', type: types.string },
  { name: 'tags', type: list(types.string) },
  { name: 'note', type: types.string },
]

type Node = readonly [type: string, config?: object]
const catalogue = await loadCatalogue()
/** A model, and a node that does not say what it reads. */
const own: Record<string, NodeDefinition | undefined> = {
  'models/length': small['models/length'],
  'transforms/silent': small['transforms/filter'],
}
const parquet: Node = ['sources/parquet', { path: 'a.parquet' }]
const out: Node = ['sinks/ndjson', { path: 'out.ndjson' }]
const filter = (where: string): Node => ['transforms/filter', { where }]
const select = (...names: (string | object)[]): Node => ['transforms/select', { columns: names }]

/** The columns that sources read where not all, and those that enter nodes where some are missing. */
async function narrowed(nodes: Record<string, Node>, ...chains: string[]) {
  const edges = chains.flatMap((chain) => {
    const ids = chain.split(' > ')
    return ids.slice(1).map((to, i) => ({ from: ids[i], to }))
  })
  const written = Object.fromEntries(Object.entries(nodes).map(([id, [type, config = {}]]) => [id, { type, config }]))
  const { pipeline } = parsePipeline(JSON.stringify({ headrace: 1, nodes: written, edges }))
  const kinds = [...new Set(Object.values(nodes).map(([type]) => type))]
  const load = async (type: string) => [type, own[type] ?? ((await catalogue.load(type)) as NodeDefinition)] as const
  const definitions = Object.fromEntries(await Promise.all(kinds.map(load)))
  const file = { path: 'a', size: 1, modified: 0 }
  const probes = Object.fromEntries(
    Object.entries(nodes).map(([id, [type]]) => {
      const model = { fields: [], columns: [], dimension: 3 }
      return [id, { probe: type.startsWith('sources/') ? { columns, files: [file] } : model, problems: [] }]
    }),
  )
  if (!pipeline) throw new Error('not a pipeline')
  const checked = checkPipeline({ pipeline, definitions, probes })
  expect(checked.problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const about = { id: 'x', now: 0, workers: 1, memory: 1 << 30, limit: null }
  const values = { params: {}, run: { id: '', date: '' } }
  const { flow } = planOf({ ...checked, pipeline, values, folder: '/', text: '' } as never, about)
  if (!flow.narrow) return null
  const names = (fields: readonly Field[] | null) => (fields ?? []).map(({ name }) => name).join()
  return Object.fromEntries(
    flow.narrow.flatMap(({ id, narrowed, input, output }) => (narrowed ? [[id, names(input ?? output)]] : [])),
  )
}

describe('a source reads the columns that', () => {
  const reads = async (expected: string | null, nodes: Record<string, Node>, ...chains: string[]) => {
    const found = await narrowed({ in: parquet, out, ...nodes }, ...chains)
    expect(found?.['in'] ?? null).toBe(expected)
  }

  test('a filter looks at and a select picks', () =>
    reads('id,price,lang', { keep: filter('lang == "de"'), pick: select('price', 'id') }, 'in > keep > pick > out'))

  test('are renamed and leave under another name', () =>
    reads('id,lang', { pick: select('id', { column: 'lang', as: 'l' }) }, 'in > pick > out'))

  test('an expression is made of, also of one that nobody uses, which may fail', () =>
    reads(
      'id,price,lang',
      {
        more: ['transforms/derive', { columns: { twice: 'price * 2', unused: 'div(10, id)' } }],
        pick: select('lang', 'twice'),
      },
      'in > more > pick > out',
    ))

  test('any of several ways needs', () =>
    reads(
      'id,price',
      { a: select('id'), b: select('price'), more: ['sinks/ndjson', { path: 'b.ndjson' }] },
      'in > a > out',
      'in > b > more',
    ))

  test('a sink takes: all where one takes all', () =>
    reads(null, { pick: select('id'), more: ['sinks/ndjson', { path: 'b.ndjson' }] }, 'in > pick > out', 'in > more'))

  test('an explode, a clean and a chunk name', () =>
    reads(
      'id,lang,tags,note',
      {
        each: ['transforms/explode', { column: 'tags' }],
        clean: ['transforms/clean', { columns: ['note'] }],
        cut: ['transforms/chunk', { column: 'lang' }],
        pick: select('id', 'lang'),
      },
      'in > each > clean > cut > pick > out',
    ))

  test('a cleaning of all texts passes on', () =>
    reads('id,lang', { clean: ['transforms/clean', {}], pick: select('id', 'lang') }, 'in > clean > pick > out'))

  test('a route asks for and its ways keep', () =>
    reads(
      'id,price,lang,note',
      {
        ways: ['transforms/route', { routes: [{ port: 'de', where: 'lang == "de"' }] }],
        a: select('id'),
        b: select('note', 'price'),
        more: ['sinks/ndjson', { path: 'b.ndjson' }],
      },
      'in > ways',
      'ways.de > a > out',
      'ways.otherwise > b > more',
    ))

  test('are kept as the rest, less what is dropped later', () =>
    reads(
      'id,price,lang',
      { first: ['transforms/select', { columns: ['lang'], rest: 'keep' }], pick: select('price', 'id') },
      'in > first > pick > out',
    ))

  test('a node that needs all rows takes, which are all that reach it', async () => {
    await reads(null, { sort: ['transforms/sort', { by: ['price'] }], pick: select('id') }, 'in > sort > pick > out')
    await reads(
      'id,price',
      { pick: select('id', 'price'), sort: ['transforms/sort', { by: ['price'] }] },
      'in > pick > sort > out',
    )
  })

  test('an aggregate groups by and adds up, whatever it makes of them', async () => {
    const totals = (columns: object): Node => ['transforms/aggregate', { by: ['lang'], columns }]
    await reads('price,lang', { totals: totals({ price: 'sum(price)', n: 'count()' }) }, 'in > totals > out')
    await reads(
      'id,price,lang',
      { keep: filter('id > 1'), totals: totals({ most: 'max(price)' }), pick: select('lang') },
      'in > keep > totals > pick > out',
    )
  })

  test('leave a node that may reject rows: a rejected row comes whole, so its way asks for nothing', () =>
    reads(
      'id',
      {
        pick: select({ column: 'id', type: 'int8' }),
        bad: ['sinks/ndjson', { path: 'bad.ndjson' }],
      },
      'in > pick > out',
      'pick.rejects > bad',
    ))

  test('one at least, where nobody reads any', () =>
    reads(
      'id',
      { more: ['transforms/derive', { columns: { one: '1' } }], pick: select('one') },
      'in > more > pick > out',
    ))

  test('reach a node that does not say what it reads', async () => {
    const silent: Node = ['transforms/silent', { where: 'id > 1' }]
    await reads('id,lang', { pick: select('id', 'lang'), silent }, 'in > pick > silent > out')
    await reads(null, { silent, pick: select('id', 'lang') }, 'in > silent > pick > out')
  })

  test('are there: all where a model is on the way, beside which reading is nothing', () =>
    reads(null, { pick: select('id'), model: ['models/length', { as: 'length' }] }, 'in > pick > model > out'))
})

test('two sources that meet leave out what neither way needs', async () => {
  const found = await narrowed(
    { a: parquet, b: parquet, keep: filter('price > 1.0'), pick: select('id'), out },
    'a > keep > pick > out',
    'b > keep',
  )
  expect(found).toMatchObject({ a: 'id,price', b: 'id,price', keep: 'id,price', pick: 'id,price' })
})

test('where a union has a column of one source only, rows of the other are still known to lack it', async () => {
  const all = columns.map(({ name }) => name).join()
  const whole: Node = ['sources/ndjson', { path: 'a.ndjson' }]
  const nodes = { whole, a: parquet, keep: filter('id > 1'), more: filter('id > 2'), pick: select('id'), out }
  const found = await narrowed(nodes, 'whole > keep > more > pick > out', 'a > keep')
  expect(found).toEqual({ a: 'id', keep: all, more: all, pick: all })
})

test('a CSV file still converts what may be no value of its type', async () => {
  const csv: Node = ['sources/csv', { path: 'a.csv' }]
  const found = await narrowed({ in: csv, pick: select('lang'), out }, 'in > pick > out')
  expect(found?.['in']).toBe('id,price,lang,tags')
})

test('a source that does not say what it may leave out reads all', async () => {
  const ndjson: Node = ['sources/ndjson', { path: 'a.ndjson' }]
  expect(await narrowed({ in: ndjson, pick: select('lang'), out }, 'in > pick > out')).toBeNull()
})

test('an order of columns that would be another makes the source read all', async () => {
  // `id` keeps its place among the columns where it is replaced, and has none where nobody read it.
  const swapped: Node = ['transforms/derive', { columns: { id: 'price' } }]
  const rest: Node = ['transforms/select', { columns: ['price'], rest: 'keep', drop: ['lang', 'tags', 'note'] }]
  const found = await narrowed({ in: parquet, swapped, rest, out }, 'in > swapped > rest > out')
  expect(found?.['in'] ?? null).not.toBe('price')
})
