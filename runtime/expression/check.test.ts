import { expect, test } from 'vitest'
import { HeadraceError } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import { type Field, parseType, types } from '../pipeline/types.ts'
import { checkExpression, compileExpression } from './index.ts'

const now = new Date('2026-01-02T03:04:05.678Z')

const wrong = (text: string, columns: Record<string, string> = {}, wanted?: 'bool') => {
  const fields = Object.entries(columns).map(
    ([name, type]): Field => ({ name, type: parseType(type) as Field['type'] }),
  )
  const checked = checkExpression(text, new Schema(fields), { wanted })
  if ('type' in checked) throw new Error(`${text} has type ${checked.type.kind}`)
  return checked
}

test('what is wrong is said with its place and the nearest name', () => {
  const columns = { price: 'float64', lang: 'string', address: 'struct<city: string>' }
  expect(wrong('1 < prise', columns)).toEqual({
    code: 'unknown-column',
    message: 'There is no column "prise"; did you mean "price"?',
    start: 4,
    end: 9,
  })
  expect(wrong('lowr(lang)', columns).message).toContain('did you mean "lower"?')
  expect(wrong('address.town', columns)).toMatchObject({ code: 'unknown-field', start: 0, end: 12 })
  expect(wrong('`no such` > 1', columns)).toMatchObject({ code: 'unknown-column', start: 0, end: 9 })
  expect(wrong('price > lang', columns).message).toBe('A value of type float64 does not compare with string.')
  expect(wrong('lang + 1', columns).message).toContain('string(…)')
  expect(wrong('price', columns, 'bool').message).toBe('A condition is a bool; this is float64.')
  expect(wrong('null', columns, 'bool').code).toBe('wrong-type')
  expect(wrong('lower(price)', columns)).toMatchObject({ code: 'wrong-type', start: 6, end: 11 })
  expect(wrong('substr(lang)', columns).message).toBe('substr(text, start, length?) takes 2 or 3 arguments, not 1.')
  expect(wrong('date(lang, lang)', columns).code).toBe('wrong-arguments')
  expect(wrong('date(lang, "%Q")', columns)).toMatchObject({ code: 'bad-format', start: 11, end: 15 })
  expect(wrong('matches(lang, "(")', columns).code).toBe('bad-pattern')
  expect(wrong('price = 1', columns).message).toContain('write ==')
  expect(wrong('', columns).code).toBe('syntax')
  expect(wrong('price >', columns)).toMatchObject({ code: 'syntax', start: 7, end: 7 })
  expect(wrong('9223372036854775808', columns).code).toBe('overflow')
  expect(wrong('`a``b`', columns).code).toBe('syntax')
  expect(wrong('größe > 1', columns).message).toContain('backticks')
  expect(wrong('[1].map(x, x + 1)', columns).code).toBe('unknown-function')
  expect(() => compileExpression('prise', new Schema([]), { now })).toThrow(HeadraceError)
})

test('param.x is a parameter and run.id the run, whatever columns are called so; other names of run are columns', () => {
  const constants = {
    param: { day: { type: types.date, value: 0 }, 'min-total': { type: types.int64, value: 1n } },
    run: { id: { type: types.string, value: 'r' } },
  }
  const columns = new Schema([
    { name: 'run', type: parseType('struct<id: int64, lap: int64>') as Field['type'] },
    { name: 'param', type: types.bool },
  ])
  const typeOf = (text: string) => checkExpression(text, columns, { constants })
  expect(typeOf('param.day')).toEqual({ type: types.date })
  expect(typeOf('param["min-total"] + 1')).toEqual({ type: types.int64 })
  expect(typeOf('run.id')).toEqual({ type: types.string })
  expect(typeOf('run.lap')).toEqual({ type: types.int64 })
  expect(typeOf('row["run"].id')).toEqual({ type: types.int64 })
  expect(typeOf('!param')).toEqual({ type: types.bool })
  expect(typeOf('1 < param.dya')).toEqual({
    code: 'unknown-param',
    message: 'There is no parameter "dya"; did you mean "day"? The column "param" is row["param"].',
    start: 4,
    end: 13,
  })
  expect(checkExpression('param.x', new Schema([]), {})).toMatchObject({
    message: 'There is no parameter "x"; the pipeline has none.',
  })
})

test('a hostile expression is an error and no hang', () => {
  for (const hostile of [
    '('.repeat(60_000),
    '!'.repeat(60_000),
    `${'-'.repeat(30_000)}1`,
    `1${'+1'.repeat(30_000)}`,
    '['.repeat(10_000),
    `x${'[0]'.repeat(10_000)}`,
    `"${'a'.repeat(100_000)}"`,
    `${'true ? '.repeat(5000)}1`,
  ])
    expect(['expression-too-large', 'syntax']).toContain(wrong(hostile, { x: 'list<int64>' }).code)
  expect(checkExpression(`1${'+1'.repeat(900)}`, new Schema([]), {})).toEqual({ type: types.int64 })
})
