import { expect, test } from 'vitest'
import { type NodeDefinition, Type, transform } from '../sdk/index.ts'
import { columnsOf } from './columns.ts'
import { Schema } from './schema.ts'
import { settle } from './settled.ts'
import { types } from './types.ts'

const about = { title: 'T', description: 'D', examples: [] }
const never = async function* () {}
let asked = 0
const tag = transform({
  ...about,
  config: Type.Object({ name: Type.String(), more: Type.Optional(Type.Boolean({ default: true })) }),
  columns: ({ input, config }) => {
    asked++
    return [...input.fields, { name: config.name, type: types.string }]
  },
  run: never,
}) as Exclude<NodeDefinition, { kind: 'source' }>

test('the same settings of a node are one object with the defaults in it; others and other nodes have their own', () => {
  const one = settle(tag, { name: 'a' })
  expect(one).toMatchObject({ problems: [], own: { name: 'a', more: true }, handling: { onError: 'reject' } })
  expect(settle(tag, { name: 'a' }).own).toBe(one.own)
  expect(settle(tag, { name: 'b' }).own).toEqual({ name: 'b', more: true })
  expect(settle({ ...tag }, { name: 'a' }).own).not.toBe(one.own)
  expect(settle(tag, { name: 7 }).problems).toMatchObject([{ setting: 'name', code: 'wrong-type' }])
})

test('a node is asked for its columns once for the same settings, columns and probe', () => {
  const { own } = settle(tag, { name: 'a' })
  const input = new Schema([{ name: 'id', type: types.int64 }])
  const question = { definition: tag, config: own, inputs: { '': input }, probe: null }
  asked = 0
  const first = columnsOf(question)
  expect(String(first.output)).toBe('id: int64, a: string')
  expect(columnsOf(question).output).toBe(first.output)
  expect(asked).toBe(1)
  const other = new Schema([{ name: 'price', type: types.float64 }])
  expect(String(columnsOf({ ...question, inputs: { '': other } }).output)).toBe('price: float64, a: string')
  columnsOf({ ...question, probe: { dimension: 3 } })
  expect(asked).toBe(3)
  expect(String(columnsOf({ ...question, config: settle(tag, { name: 'b' }).own }).output)).toBe('id: int64, b: string')
})
