import { describe, expect, test } from 'vitest'
import { exampleText } from './example.ts'
import { readNumber, stepped } from './number.ts'
import { isSecretName } from './secretname.ts'
import { afterTyping, isNumber, noteOf } from './text.ts'

describe('numbers', () => {
  test('what a person types is read, what is none is not', () => {
    expect(['100 000', '1_000', '-2', '1e6', ' 7 '].map((text) => readNumber(text, true))).toEqual([
      1e5, 1000, -2, 1e6, 7,
    ])
    expect(['', '1.5', '12x', '1,203', '9007199254740993'].map((text) => readNumber(text, true))).toEqual(
      Array(5).fill(undefined),
    )
    expect(['.5', '1.', '0.01'].map((text) => readNumber(text, false))).toEqual([0.5, 1, 0.01])
  })

  test('steps stay inside the limits and are free of rounding', () => {
    const share = { kind: 'number', whole: false, least: 0, most: 1 } as const
    expect(stepped(0.07, 1, share)).toBe(0.08)
    expect(stepped(0.95, 10, share)).toBe(1)
    expect(stepped(3, -10, { kind: 'number', whole: true, least: 1, most: null })).toBe(1)
  })
})

describe('secrets', () => {
  test('a name is a name', () => {
    expect(['QDRANT_KEY', 'api_key_2', 'OPENAI_API_KEY'].every(isSecretName)).toBe(true)
  })

  test('what looks like the secret itself is none', () => {
    const values = ['sk-abc', 'hunter2!', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', 'eyJhbGciOiJIUzI1NiJ9abcdefgh']
    expect(values.filter(isSecretName)).toEqual([])
    expect(isSecretName('x7Gq2LmP9vTz4KbR1cWd')).toBe(false)
  })
})

describe('texts', () => {
  test('a cleared text takes the setting away, unless its default would come back', () => {
    expect(afterTyping('', undefined)).toBe(undefined)
    expect(afterTyping('', '"')).toBe('')
    expect(afterTyping('a', '"')).toBe('a')
  })

  test('what cannot be seen is said', () => {
    expect(noteOf('\t')).toMatch(/tab/)
    expect(noteOf('  ')).toMatch(/white space/)
    expect(noteOf('a b')).toBe(null)
    expect(['500', '-1.5', '10%', '512MB'].map(isNumber)).toEqual([true, true, false, false])
  })
})

test('an example is shown as a person would type it', () => {
  const text = { kind: 'text', format: 'plain', number: false } as const
  expect(exampleText('price > 1', text)).toBe('price > 1')
  expect(exampleText('\t', text)).toBe('"\\t"')
  expect(exampleText(['id', 'text'], { kind: 'columns', single: false })).toBe('id, text')
  expect(exampleText({ text: 'a + b' }, { kind: 'record', value: text })).toBe('text = a + b')
  expect(exampleText(['id', { column: 'price', as: 'euro' }], text)).toBe('id, price → euro')
})
