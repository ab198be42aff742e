import { between, chain, embed, line, onnx, sinkCsv, testFixes, to } from './mending.ts'
import { csv, node, none } from './scene.ts'

testFixes([
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
  ['too-short', to(sinkCsv({ path: '' })), ['orders -> out'], ['Choose path']],
  [
    'ambiguous-date',
    { orders: csv('dates.csv'), out: none },
    ['orders -> out'],
    ['Read dates as day/month/year', 'Read dates as month/day/year'],
  ],
  ['no-header', { orders: csv('headless.csv'), out: none }, ['orders -> out'], ['Write false']],
  ['unknown-pooling', embed({ model: 'bare' }), line, ['Write "mean"', 'Write "cls"']],
  ['unknown-normalize', embed({ model: 'bare' }), line, ['Write true', 'Write false']],
  ['several-models', embed({ model: 'several' }), line, ['Use a.onnx', 'Use b.onnx']],
])
