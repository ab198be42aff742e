import { between, chain, line, sinkCsv, testFixes, to } from './mending.ts'
import { csv, node, none } from './scene.ts'

testFixes([
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
    { a: csv('orders.csv'), b: csv('more.csv'), out: none },
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
])
