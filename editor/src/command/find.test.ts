import { expect, test } from 'vitest'
import type { Entry } from './entries.ts'
import { findEntries } from './find.ts'

const entry = (group: string, title: string, about = ''): Entry => ({
  id: `${group} ${title}`,
  group,
  title,
  about,
  run: () => {},
})
const entries = [
  entry('Drawer', 'Show the rows'),
  entry('Drawer', 'Show or hide the drawer'),
  entry('Nodes', 'orders', 'CSV'),
  entry('Nodes', 'dear', 'Filter'),
  entry('Settings', 'dear: where'),
  entry('Add a node', 'Add Filter', 'Keeps the rows for which an expression is true'),
]
const titles = (query: string) => [...findEntries(entries, query).values()].flat().map(({ title }) => title)

test('a node’s own name comes before what only holds its letters', () => {
  expect(titles('orders')).toEqual(['orders'])
  expect(titles('dear')[0]).toBe('dear')
  expect(titles('filter')).toEqual(['Add Filter', 'dear'])
})

test('every word of the search is found somewhere', () => {
  expect(titles('dear whe')).toEqual(['dear: where'])
  expect(titles('show zebra')).toEqual([])
})

test('the group of the best comes first, an empty search shows all in their order', () => {
  expect([...findEntries(entries, 'rows').keys()]).toEqual(['Drawer', 'Add a node'])
  expect(titles('')).toHaveLength(entries.length)
})

test('of thousands of settings only so many are drawn', () => {
  const many = Array.from({ length: 5000 }, (_, i) => entry('Settings', `n${i}: where`))
  expect([...findEntries(many, '').values()].flat().length).toBeLessThan(50)
  expect([...findEntries(many, 'where').values()].flat().length).toBeLessThan(50)
})
