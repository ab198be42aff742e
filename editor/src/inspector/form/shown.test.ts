import type { Problem } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { settingsOf } from './field.ts'
import { arranged, unknownSettings } from './shown.ts'

const settings = settingsOf({
  properties: {
    onError: { enum: ['reject', 'fail'], default: 'reject' },
    timeout: { type: 'number' },
    model: { type: 'string' },
    prefix: { type: 'string' },
    size: { type: 'integer' },
    fast: { type: 'boolean', default: true },
  },
  required: ['model', 'fast'],
})
const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)
const problem = (setting: string): Problem => ({ severity: 'error', code: 'x', message: 'x', place: { setting } })

test('what is needed is seen at once, the rest behind a button, what every node has last', () => {
  const { first, more, onError } = arranged(settings, {}, [], null)
  expect(names(first)).toEqual(['model'])
  expect(names(more)).toEqual(['prefix', 'size', 'fast', 'timeout'])
  expect(onError?.name).toBe('onError')
})

test('what is set or wrong is seen too', () => {
  expect(names(arranged(settings, { size: 3 }, [problem('prefix')], null).first)).toEqual(['model', 'prefix', 'size'])
})

test('while the rest is open nothing moves', () => {
  expect(names(arranged(settings, { size: 3 }, [], ['model']).first)).toEqual(['model'])
})

test('a node that needs nothing shows all it has', () => {
  const free = settingsOf({ properties: { trim: { type: 'boolean' }, ifEmpty: { enum: ['ok'] }, a: {}, b: {} } })
  expect(names(arranged(free, {}, [], null).first)).toEqual(['trim', 'a', 'b'])
})

test('a setting of the file that the node does not have is named', () => {
  expect(unknownSettings(settings, { model: 'm', modle: 'x' })).toEqual(['modle'])
})
