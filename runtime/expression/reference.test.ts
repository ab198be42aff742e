import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { functionTable } from './reference.ts'

test('the documentation shows every function with its example', () => {
  const text = readFileSync(new URL('../docs/expressions.md', import.meta.url), 'utf8')
  expect(text.slice(text.indexOf('| function |')).trim()).toBe(functionTable())
})
