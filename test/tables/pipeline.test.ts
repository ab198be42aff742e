import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'

const letters = 'abcdefghij'

/** Five files of orders, in which keys repeat, and the names of most of the letters. */
function shop(): Workplace {
  const place = new Workplace()
  for (let file = 0; file < 5; file++) {
    const lines = Array.from(
      { length: 400 },
      (_, i) => `${file * 400 + i},${letters[(i * 7 + file) % 10]},${(i * 37) % 101}`,
    )
    place.write(`orders/${file}.csv`, ['id,letter,price', ...lines, ''].join('\n'))
  }
  place.write(
    'names.csv',
    ['letter,name', ...[...letters.slice(1)].map((one) => `${one},${one.toUpperCase()}`), ''].join('\n'),
  )
  place.write('more.csv', 'letter,rank\na,1\nb,2\n')
  place.write(
    'shop.json',
    JSON.stringify({
      headrace: 1,
      nodes: {
        orders: { type: 'sources/csv', config: { path: 'orders/*.csv' } },
        names: { type: 'sources/csv', config: { path: 'names.csv' } },
        named: { type: 'transforms/join', config: { keys: ['letter'] } },
        ranked: { type: 'transforms/lookup', config: { path: 'more.csv', keys: ['letter'] } },
        sorted: { type: 'transforms/sort', config: { by: [{ column: 'price', order: 'desc' }] } },
        once: { type: 'transforms/dedupe', config: { key: ['letter', 'price'] } },
        totals: {
          type: 'transforms/aggregate',
          config: { by: ['name'], columns: { orders: 'count()', sum: 'sum(price)' } },
        },
        top: { type: 'transforms/sql', config: { query: 'SELECT * FROM totals ORDER BY sum DESC, name LIMIT 3' } },
        out: { type: 'sinks/csv', config: { path: 'out.csv', ifExists: 'replace' } },
        best: { type: 'sinks/csv', config: { path: 'best.csv', ifExists: 'replace' } },
      },
      edges: [
        { from: 'orders', to: 'named.left' },
        { from: 'names', to: 'named.right' },
        { from: 'named', to: 'ranked' },
        { from: 'ranked', to: 'sorted' },
        { from: 'sorted', to: 'once' },
        { from: 'once', to: 'out' },
        { from: 'once', to: 'totals' },
        { from: 'totals', to: 'top.totals' },
        { from: 'top', to: 'best' },
      ],
    }),
  )
  return place
}

test('joins, lookups, sorts, dedupes, aggregates and queries in one pipeline give the same with one worker and two', async () => {
  const texts = new Set<string>()
  for (const workers of [1, 2]) {
    const place = shop()
    const report = await place.run(place.path('shop.json'), { workers })
    expect(report.status, JSON.stringify(report)).toBe('done')
    texts.add([...place.lines('out.csv'), ...place.lines('best.csv')].join('\n'))
    const { nodes } = report
    expect(nodes['named']).toMatchObject({ in: 2009, out: 1800, filtered: 200 })
    expect(nodes['once']?.filtered).toBe(1800 - (nodes['once']?.out ?? 0))
    expect(nodes['top']).toMatchObject({ in: 9, out: 3, filtered: 0 })
  }
  expect(texts.size).toBe(1)
  const prices =
    [...texts][0]
      ?.split('\n')
      .slice(1, 500)
      .map((line) => Number(line.split(',')[2])) ?? []
  expect(prices.every((price, i) => i === 0 || price <= (prices[i - 1] as number))).toBe(true)
})
