import { expect, test } from 'vitest'
import { isUnder, settingText } from './path.ts'

test('a path is written as problems name it', () => {
  expect(settingText(['columns', 'price'])).toBe('columns.price')
  expect(settingText(['routes', 2, 'where'])).toBe('routes[2].where')
  expect(settingText(['path', 0])).toBe('path[0]')
})

test('a problem belongs to a setting and to what lies around it, not to one with a longer name', () => {
  expect(isUnder('routes[2].where', ['routes'])).toBe(true)
  expect(isUnder('routes[2].where', ['routes', 2])).toBe(true)
  expect(isUnder('routes[2].where', ['routes', 2, 'where'])).toBe(true)
  expect(isUnder('routes[20]', ['routes', 2])).toBe(false)
  expect(isUnder('columnsNot', ['columns'])).toBe(false)
  expect(isUnder(undefined, ['columns'])).toBe(false)
})
