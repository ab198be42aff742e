import type { FileEntry } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { folderOf, inOrder, stepsTo } from './listing.ts'

const entry = (name: string, kind: FileEntry['kind'] = 'file'): FileEntry => ({
  name,
  value: name,
  kind,
  size: 1,
  modified: 0,
  fits: null,
})

test('folders come first, names as people count', () => {
  const entries = [entry('part-10.csv'), entry('part-2.csv'), entry('out', 'folder')]
  expect(inOrder(entries, '').map(({ name }) => name)).toEqual(['out', 'part-2.csv', 'part-10.csv'])
  expect(inOrder(entries, 'PART-1').map(({ name }) => name)).toEqual(['part-10.csv'])
})

test('the picker opens where the setting points', () => {
  expect(['data/a.csv', 'data/2024-*.csv', 'a.csv', '/x/y/model', '../models/m'].map(folderOf)).toEqual([
    'data',
    'data',
    '',
    '/x/y',
    '../models',
  ])
})

test('each step to a folder opens itself', () => {
  expect(stepsTo('data/2024')).toEqual([
    { name: 'data', path: 'data' },
    { name: '2024', path: 'data/2024' },
  ])
  expect(stepsTo('/srv/x')[1]).toEqual({ name: 'x', path: '/srv/x' })
})
