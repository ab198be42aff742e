import type { Json, Problem } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { fieldOf } from './field.ts'
import { settingText } from './path.ts'
import { placesIn, problemsHere } from './places.ts'

const text = { type: 'string' }
const routes = {
  type: 'array',
  items: { type: 'object', required: ['port', 'where'], properties: { port: text, where: text } },
}
const entry = { type: 'object', required: ['column'], properties: { column: text, as: text } }
const columns = { type: 'array', items: { anyOf: [text, entry] } }
const types: Json = { anyOf: [{ const: 'string' }, { type: 'object', patternProperties: { '^.*$': text } }] }

const at = (schema: Json, value: Json) => placesIn(fieldOf(schema), value, ['x']).map(settingText)

test('items, entries and inner settings show their own problems', () => {
  expect(at(routes, [{ port: 'a', where: 'b' }])).toEqual(['x[0]', 'x[0].port', 'x[0].where'])
  expect(at(types, { price: 'date', 'unit price': 'int64' })).toEqual(['x.price', 'x.unit price'])
  expect(at(types, 'string')).toEqual([])
})

test('every problem is shown once, by the smallest part around it', () => {
  const problem = (setting: string): Problem => ({ severity: 'error', code: setting, message: '', place: { setting } })
  const problems = ['x', 'x[0]', 'x[0].column', 'x[0].as', 'x[3]', 'y'].map(problem)
  const value = [{ column: 'a', as: 'b' }]
  const field = fieldOf(columns)
  const inner = field.kind === 'list' ? field.item : field
  const told = (found: readonly Problem[]) => found.map(({ code }) => code)
  expect(told(problemsHere(problems, field, value, ['x']))).toEqual(['x', 'x[3]'])
  expect(told(problemsHere(problems, inner, value[0], ['x', 0]))).toEqual(['x[0]', 'x[0].column'])
  expect(told(problemsHere(problems, fieldOf(text), 'b', ['x', 0, 'as']))).toEqual(['x[0].as'])
})
