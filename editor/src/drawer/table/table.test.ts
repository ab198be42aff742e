import type { Cell, RowsPage } from '@headrace/runtime/api'
import { describe, expect, test } from 'vitest'
import { arrange, nextSort } from './arrange.ts'
import { cellText, compareNumbers, plainList } from './cells.ts'
import { toCsv, toJson } from './copy.ts'
import { identityText } from './identity.ts'
import { indented } from './indented.ts'

const page = (type: string, values: readonly Cell[]): RowsPage => ({
  columns: [
    { name: 'x', type },
    { name: 'n', type: 'int32' },
  ],
  rows: values.map((value, i) => [value, i]),
  identities: values.map((_, i) => `emoji:emoji.csv:${i + 1}`),
  total: null,
  at: 0,
})

const sorted = (type: string, values: readonly Cell[], descending = false): Cell[] =>
  arrange(page(type, values), '', { column: 'x', descending }).map((place) => values[place] as Cell)

describe('a column is ordered', () => {
  test('by number where it holds numbers, exactly where they are long', () => {
    expect(sorted('float64', [10, 9, null, 100])).toEqual([9, 10, 100, null])
    expect(sorted('int64', ['9007199254740993', '9007199254740992', '-5', '12'])).toEqual([
      '-5',
      '12',
      '9007199254740992',
      '9007199254740993',
    ])
    expect(sorted('decimal(38, 2)', ['1.50', '-1.50', '10.00', '1.5'])).toEqual(['-1.50', '1.50', '1.5', '10.00'])
  })

  test('with nulls last both ways, and equal values as they came', () => {
    expect(sorted('float64', [null, 1, 2], true)).toEqual([2, 1, null])
    const ties = arrange(page('string', ['b', 'a', 'b', 'a']), '', { column: 'x', descending: true })
    expect(ties).toEqual([0, 2, 1, 3])
  })

  test('as text by letter, whatever the case; vectors by norm', () => {
    expect(sorted('string', ['b', 'A', 'ä', 'C'])).toEqual(['A', 'ä', 'b', 'C'])
    const vectors = [2, 1, 3].map((norm) => ({ vector: 384, norm, sketch: [] }))
    expect(sorted('float32[384]', vectors)).toEqual([vectors[1], vectors[0], vectors[2]])
  })

  test('rising, falling, and as it came, click by click', () => {
    const once = nextSort(null, 'x')
    const twice = nextSort(once, 'x')
    expect([once, twice, nextSort(twice, 'x')]).toEqual([
      { column: 'x', descending: false },
      { column: 'x', descending: true },
      null,
    ])
    expect(nextSort(twice, 'n')).toEqual({ column: 'n', descending: false })
  })
})

test('numbers written as texts compare by value', () => {
  expect(compareNumbers('NaN', '1')).toBe(1)
  expect(compareNumbers('0.10', '0.1')).toBe(0)
  expect(compareNumbers('-9007199254740993', '-9007199254740992')).toBe(-1)
  expect(compareNumbers('1e-7', '0.0000001')).toBe(0)
})

test('the filter looks at every column and the row itself', () => {
  const rows = page('string', ['Sad cat', 'dog', null, { text: 'a long CAT', length: 5000 }])
  expect(arrange(rows, ' cat ', null)).toEqual([0, 3])
  expect(arrange(rows, 'csv:3', null)).toEqual([2])
  expect(arrange(rows, 'zebra', null)).toEqual([])
})

test('copied rows are CSV or JSON that keeps every digit and says what was cut', () => {
  const copied = {
    columns: [
      { name: 'id', type: 'int64' },
      { name: 'a "name", here', type: 'string' },
      { name: 'tags', type: 'list<string>' },
      { name: 'vector', type: 'float32[384]' },
      { name: 'price', type: 'decimal(10, 2)' },
    ],
    rows: [
      ['9007199254740993', 'x\n"y"', { json: '["a","b"]', length: 9 }, { vector: 384, norm: 1, sketch: [] }, '1.50'],
      [null, '', null, null, null],
    ] satisfies Cell[][],
  }
  expect(toCsv(copied)).toBe(
    'id,"a ""name"", here",tags,vector,price\n9007199254740993,"x\n""y""","[""a"",""b""]","384-d vector, norm 1.00",1.50\n,"",,,\n',
  )
  expect(JSON.parse(toJson(copied))[0]).toMatchObject({ tags: ['a', 'b'], price: '1.50', vector: { dimension: 384 } })
  expect(toJson(copied)).toContain('"id": 9007199254740993')
  expect(toJson({ columns: [], rows: [] })).toBe('[]\n')
  expect(cellText({ text: 'head', length: 12_345 })).toBe('head… (12,345 characters)')
})

test('a list of plain values reads as its items, what was cut as it is', () => {
  expect(plainList('["face","smile"]')).toEqual(['face', 'smile'])
  expect(plainList('["face","smi')).toBeNull()
  expect(plainList('[{"a":1}]')).toBeNull()
  expect(plainList('{"a":1}')).toBeNull()
})

test('JSON is indented with every digit and every sign inside a text kept', () => {
  expect(indented('{"a":9007199254740993,"b":["x, {y}: \\"z\\"",{}],"c":[]}')).toBe(
    '{\n  "a": 9007199254740993,\n  "b": [\n    "x, {y}: \\"z\\"",\n    {}\n  ],\n  "c": []\n}',
  )
})

test('a row is named by its file, its number and its piece', () => {
  expect(identityText('emoji:data/emoji.csv:17')).toBe('emoji.csv row 17')
  expect(identityText('docs:a:b.txt:3.0.2@left')).toBe('a:b.txt row 3, piece 1.3, left')
  expect(identityText('generate::5')).toBe('generate row 5')
})
