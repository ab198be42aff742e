import { describe, expect, test } from 'vitest'
import { editText, type Fix, fixesFor, type Pipeline, type Problem } from '../../runtime/pipeline/index.ts'
import { checkText, csv, models, node, none, textOf, types } from './scene.ts'

type Scene = readonly [code: string, nodes: Record<string, object>, edges: readonly string[], titles: readonly string[]]

const chain = (...ids: string[]) => ids.slice(1).map((id, i) => `${ids[i]} -> ${id}`)
const between = (one: object) => ({ orders: csv('orders.csv'), mid: one, out: none })
const line = chain('orders', 'mid', 'out')
const embed = (config: object) => ({
  orders: csv('orders.csv'),
  mid: { type: 'models/embed', config: { model: `${models}/all-minilm-l6-v2`, column: 'name', ...config } },
  out: none,
})
const onnx = (config: object) => ({
  orders: csv('orders.csv'),
  mid: {
    type: 'models/onnx',
    config: { model: `${models}/classical/tfidf-logistic-regression-banking.onnx`, ...config },
  },
  out: none,
})
const to = (sink: object) => ({ orders: csv('orders.csv'), out: sink })
const sinkCsv = (config: object) => ({ type: 'sinks/csv', config })
const two = { a: csv('orders.csv'), b: csv('more.csv'), out: none }

const scenes: readonly Scene[] = [
  ['unknown-column', between(node('filter', { where: 'preis > 1 || prise > 1' })), line, []],
  [
    'unknown-column',
    between(node('filter', { where: 'prise > 1.0 && row["prise"] < 5' })),
    line,
    ['Use `price` instead of `prise`'],
  ],
  [
    'unknown-column',
    between(node('select', { columns: ['id', 'nam'] })),
    line,
    ['Use `name` instead of `nam`', 'Leave `nam` out'],
  ],
  [
    'unknown-column',
    between(node('select', { columns: [{ column: 'nam', as: 'x' }, 'id'] })),
    line,
    ['Use `name` instead of `nam`', 'Leave `nam` out'],
  ],
  [
    'unknown-column',
    between(node('derive', { columns: { x: 'prise', y: 'id' } })),
    line,
    ['Use `price` instead of `prise`', 'Do not derive `x`'],
  ],
  [
    'unknown-column',
    between(node('clean', { columns: ['nmae', 'tags'] })),
    line,
    ['Use `name` instead of `nmae`', 'Leave `nmae` out'],
  ],
  [
    'unknown-column',
    to({ type: 'sinks/lancedb', config: { path: 'db', table: 't', key: ['idd', 'name'] } }),
    chain('orders', 'out'),
    ['Use `id` instead of `idd`', 'Leave `idd` out'],
  ],
  ['unknown-column', onnx({ inputs: { input: 'nmae' } }), line, ['Use `name` instead of `nmae`']],
  [
    'unknown-column',
    { orders: csv('orders.csv', { types: { prise: 'float64' } }), out: none },
    chain('orders', 'out'),
    ['Use `price` instead of `prise`', 'Leave `prise` out'],
  ],
  [
    'unknown-column',
    {
      orders: csv('orders.csv'),
      pick: node('select', { columns: ['id'] }),
      mid: node('filter', { where: 'price > 1.0' }),
      out: none,
    },
    chain('orders', 'pick', 'mid', 'out'),
    ['Keep `price` in pick'],
  ],
  [
    'duplicate-column',
    between(node('select', { columns: ['id', { column: 'name', as: 'id' }] })),
    line,
    ['Call it `id_2`', 'Leave this `name` out'],
  ],
  [
    'duplicate-column',
    between(node('select', { columns: [{ column: 'id', as: 'name' }], rest: 'keep' })),
    line,
    ["Drop the input's own `name`"],
  ],
  [
    'wrong-type',
    embed({ column: 'id' }),
    line,
    ['Make `id` text before mid', 'Use `name` instead of `id`', 'Use `tags` instead of `id`'],
  ],
  [
    'not-text',
    between(node('chunk', { column: 'price' })),
    line,
    ['Make `price` text before mid', 'Use `name` instead of `price`', 'Use `tags` instead of `price`'],
  ],
  [
    'not-text',
    between(node('clean', { columns: ['name', 'price'] })),
    line,
    ['Make `price` text before mid', 'Use `tags` instead of `price`'],
  ],
  [
    'not-a-list',
    {
      orders: { type: 'sources/ndjson', config: { path: 'lists.ndjson' } },
      mid: node('explode', { column: 'name' }),
      out: none,
    },
    line,
    ['Use `tags` instead of `name`'],
  ],
  [
    'no-cast',
    {
      orders: { type: 'sources/ndjson', config: { path: 'lists.ndjson' } },
      mid: node('select', { columns: [{ column: 'tags', type: 'int32' }] }),
      out: none,
    },
    line,
    ['Keep its type', 'Make it text'],
  ],
  [
    'wrong-type',
    between(node('filter', { where: 'name' })),
    line,
    ['Ask whether there is a value', 'Ask whether it is not empty'],
  ],
  [
    'wrong-type',
    between(node('filter', { where: 'price * 2' })),
    line,
    ['Ask whether there is a value', 'Ask whether it is not 0'],
  ],
  [
    'wrong-type',
    between(node('derive', { columns: { x: 'name + price' } })),
    line,
    ['Read `price` as text: string(…)'],
  ],
  [
    'wrong-type',
    between(node('derive', { columns: { x: 'tags * 2 + id' } })),
    line,
    ['Read `tags` as a number: number(…)'],
  ],
  ['wrong-type', between(node('filter', { where: 'tags > 3' })), line, ['Read `tags` as a number: number(…)']],
  ['wrong-type', between(node('sample', { first: '10' })), line, ['Write 10']],
  ['wrong-type', between(node('clean', { columns: 'name' })), line, ['Write ["name"]']],
  ['wrong-type', between(node('clean', { trim: 'true' })), line, ['Write true']],
  ['unknown-function', between(node('derive', { columns: { x: 'uper(name)' } })), line, ['Use upper(…)']],
  ['unknown-type', between(node('select', { columns: [{ column: 'id', type: 'in32' }] })), line, ['Write "int32"']],
  [
    'unknown-type',
    between(node('fliter', { where: 'true' })),
    line,
    ['Make it a transforms/filter', 'Delete mid and connect around it'],
  ],
  [
    'unknown-type',
    between({ type: 'filter', config: { where: 'true' } }),
    line,
    ['Make it a transforms/filter', 'Delete mid and connect around it'],
  ],
  ['unknown-setting', between(node('filter', { were: 'true' })), line, ['Call it "where"', 'Delete "were"']],
  [
    'unknown-setting',
    between(node('clean', { replace: [{ patern: 'a', with: 'b' }] })),
    line,
    ['Call it "pattern"', 'Delete "patern"'],
  ],
  ['unused-setting', between(node('select', { columns: ['id'], drop: ['name'] })), line, ['Delete "drop"']],
  ['wrong-choice', between(node('clean', { case: 'uper' })), line, ['Write "upper"', 'Write "none"', 'Write "lower"']],
  ['missing-setting', between(node('chunk', {})), line, ['Use `name`', 'Use `tags`']],
  ['missing-setting', between(node('filter', {})), line, ['Choose where']],
  ['out-of-range', between(node('chunk', { column: 'name', size: 0 })), line, ['Write 1']],
  ['bad-overlap', between(node('chunk', { column: 'name', size: 50, overlap: 60 })), line, ['Write 5']],
  [
    'no-tokenizer',
    between(node('chunk', { column: 'name', by: 'tokens' })),
    line,
    ['Choose a tokenizer', 'Count characters instead'],
  ],
  ['first-or-fraction', between(node('sample', {})), line, ['Take the first 1,000', 'Take a tenth']],
  [
    'first-or-fraction',
    between(node('sample', { first: 5, fraction: 0.5 })),
    line,
    ['Take the first 5', 'Take a share of 0.5'],
  ],
  ['no-columns', between(node('select', {})), line, ['Keep every column']],
  ['no-files', { orders: csv('order.csv'), out: none }, chain('orders', 'out'), ['Use orders.csv', 'Choose a file']],
  ['missing-model', embed({ model: 'nowhere' }), line, ['Choose a model']],
  ['missing-model', embed({ file: 'model.onnx' }), line, ['Use model.int8.onnx']],
  ['missing-provider', embed({ provider: 'cuda' }), line, ['Write "auto"']],
  ['too-many-tokens', embed({ maxTokens: 100_000 }), line, ['Write 512']],
  [
    'nearly-typed',
    { orders: csv('odd.csv'), out: none },
    chain('orders', 'out'),
    ['Read price as float64, reject the others', 'Leave price a text'],
  ],
  ['unmapped-input', onnx({}), line, ['Take the columns that fit']],
  [
    'unknown-tensor',
    onnx({ inputs: { input: 'name' }, outputs: { lable: 'x' } }),
    line,
    ['Use "label"', 'Leave "lable" out'],
  ],
  [
    'bad-port',
    between(node('route', { routes: [{ port: 'Große Namen', where: 'id > 1' }] })),
    [...chain('orders', 'mid'), 'mid.otherwise -> out'],
    ['Call it "gro-e-namen"'],
  ],
  [
    'duplicate-port',
    between(
      node('route', {
        routes: [
          { port: 'a', where: 'id > 1' },
          { port: 'a', where: 'id > 2' },
        ],
      }),
    ),
    [...chain('orders', 'mid'), 'mid.a -> out'],
    ['Call it "a-2"'],
  ],
  [
    'output-exists',
    to(sinkCsv({ path: 'old.csv' })),
    chain('orders', 'out'),
    ['Replace it', 'Add to it', 'Write to old-2.csv'],
  ],
  [
    'is-a-folder',
    to(sinkCsv({ path: 'folder' })),
    chain('orders', 'out'),
    ['Write parts into it', 'Write to folder-2'],
  ],
  [
    'not-a-folder',
    to(sinkCsv({ path: 'old.csv/' })),
    chain('orders', 'out'),
    ['Write one file', 'Write to old.csv-2/'],
  ],
  [
    'same-output',
    { orders: csv('orders.csv'), one: sinkCsv({ path: 'x.csv' }), out: sinkCsv({ path: 'x.csv' }) },
    [...chain('orders', 'one'), ...chain('orders', 'out')],
    ['Write to x-2.csv', 'Lead the rows to one'],
  ],
  [
    'bad-name',
    { orders: csv('dots.csv'), out: { type: 'sinks/lancedb', config: { path: 'db', table: 't' } } },
    chain('orders', 'out'),
    ['Rename `a.b` to `a_b` before out'],
  ],
  ['duplicate-edge', to(none), ['orders -> out', 'orders -> out'], ['Delete the edge orders → out']],
  [
    'edge-out-of-sink',
    { ...to(none), last: none },
    ['orders -> out', 'out -> last'],
    ['Lead the rows that out rejects', 'Delete the edge out → last'],
  ],
  [
    'edge-into-source',
    between(node('sample', { first: 1 })),
    ['mid -> orders', 'mid -> out'],
    ['Turn it round: orders → mid', 'Delete the edge mid → orders'],
  ],
  ['unknown-node', to(none), ['order -> out'], ['Use orders instead of order', 'Delete the edge order → out']],
  [
    'unknown-port',
    between(node('route', { routes: [{ port: 'cheap', where: 'id > 1' }] })),
    ['orders -> mid', 'mid.chep -> out'],
    ['Lead mid.cheap on', 'Lead mid.otherwise on', 'Lead mid.rejects on', 'Delete the edge mid.chep → out'],
  ],
  [
    'missing-port',
    between(node('route', { routes: [{ port: 'cheap', where: 'id > 1' }] })),
    line,
    ['Lead mid.cheap on', 'Lead mid.otherwise on', 'Lead mid.rejects on', 'Delete the edge mid → out'],
  ],
  ['unknown-input', to(none), ['orders -> out.left'], ['Lead it to out', 'Delete the edge orders → out.left']],
  [
    'cycle',
    { ...between(node('sample', { first: 1 })), more: node('sample', { first: 1 }) },
    [...line, 'mid -> more', 'more -> mid'],
    ['Delete the edge more → mid', 'Delete the edge mid → more'],
  ],
  [
    'union-types',
    two,
    ['a -> out', 'b -> out'],
    [
      'Cast `price` to float64 on the way',
      'Make `price` text on the edge from a',
      'Keep both: rename `price` to `price_2`',
      'Delete the edge b → out',
    ],
  ],
  [
    'no-input',
    { ...to(none), mid: node('sample', { first: 1 }), spare: csv('more.csv') },
    ['orders -> out', 'mid -> out'],
    ['Connect spare → mid', 'Delete mid'],
  ],
  [
    'leads-nowhere',
    { ...to(none), mid: node('sample', { first: 1 }) },
    ['orders -> out', 'orders -> mid'],
    ['Connect mid → out', 'Store the rows of mid in a CSV file', 'Delete mid'],
  ],
  ['no-source', { mid: node('sample', { first: 1 }), out: none }, ['mid -> out'], ['Add a CSV file to read']],
  ['no-source', { orders: { ...csv('orders.csv'), disabled: true }, out: none }, [], ['Enable orders']],
  [
    'no-sink',
    { orders: csv('orders.csv'), mid: node('sample', { first: 1 }) },
    chain('orders', 'mid'),
    ['Store the rows of mid in a CSV file'],
  ],
  ['no-nodes', {}, [], ['Add a CSV file to read']],
  [
    'branch-off',
    between(node('select', { columns: ['id'] }, { disabled: true })),
    line,
    ['Enable mid', 'Delete mid and connect around it'],
  ],
  ['bad-node-id', { Orders: csv('orders.csv'), out: none }, ['Orders -> out'], ['Call it orders']],
]

const isSame = (a: Problem, b: Problem) =>
  a.code === b.code &&
  a.place.node === b.place.node &&
  a.place.setting === b.place.setting &&
  a.place.column === b.place.column

describe('every fix mends its problem, seen by checking again', () => {
  test.each(scenes.map((scene, i) => [`${i} ${scene[0]} ${scene[3][0] ?? ''}`, scene] as const))(
    '%s',
    async (_, scene) => {
      const [code, nodes, edges, titles] = scene
      const text = textOf(nodes, edges)
      const { pipeline, answer } = await checkText(text)
      const problem = answer.problems.find((one) => one.code === code) as Problem
      expect(answer.problems.map((one) => one.code)).toContain(code)
      const fixes = fixesFor(problem, pipeline, answer, { types })
      expect(fixes.map(({ title }) => title)).toEqual(titles)
      for (const fix of fixes.filter(({ choose }) => !choose)) {
        const after = await checkText(editText(text, pipeline, fix.change(pipeline)))
        const left = after.answer.problems.filter((one) => isSame(one, problem))
        expect([fix.title, left]).toEqual([fix.title, []])
      }
    },
  )
})

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
