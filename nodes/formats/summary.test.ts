import { expect, test } from 'vitest'
import { pathSummary, summaryOf } from './summary.ts'

test('a path is shown by its name, a pattern from the folder that it begins in', () => {
  expect(pathSummary('emoji.csv')).toBe('emoji.csv')
  expect(pathSummary('../data/orders 2024.csv.gz')).toBe('orders 2024.csv.gz')
  expect(pathSummary('data/2024-*.csv')).toBe('2024-*.csv')
  expect(pathSummary('my/docs/**/*.md')).toBe('docs/**/*.md')
  expect(pathSummary('**/*.md')).toBe('**/*.md')
  expect(pathSummary('out/parts/')).toBe('parts/')
  expect(pathSummary('.')).toBe('.')
  expect(pathSummary(['a/one.csv', 'b/two.csv', 'three.csv'])).toBe('one.csv and 2 more')
})

test('parts that are not there are left out', () => {
  expect(summaryOf('words', undefined, false, '', 'key id')).toBe('words · key id')
})
