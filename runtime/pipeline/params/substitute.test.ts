import fc from 'fast-check'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import type { RunValues } from './resolve.ts'
import { fillSettings, writtenSpan } from './substitute.ts'

const values: RunValues = {
  params: {
    day: { type: 'date', value: '2026-11-24' },
    least: { type: 'float64', value: 2.5 },
    most: { type: 'int64', value: 10 },
    dry: { type: 'bool', value: false },
    name: { type: 'string', value: "O'Brien" },
    later: { type: 'string', value: null },
  },
  run: { id: '20261125-000000-abcd', date: '2026-11-25' },
}

const schema = Type.Object({
  path: Type.Union([Type.String(), Type.Array(Type.String())]),
  where: Type.String({ format: 'expression' }),
  query: Type.String({ format: 'sql' }),
  rows: Type.Integer(),
  wait: Type.Union([Type.Number(), Type.String()]),
  dry: Type.Boolean(),
  columns: Type.Record(Type.String(), Type.String()),
  token: Type.String({ format: 'secret' }),
})

const fill = (config: Record<string, never>) => fillSettings(schema, config, values)
const filled = (config: object) => fill(config as never)?.config
const problems = (config: object) =>
  fill(config as never)?.problems.map(({ setting, message, span }) => [setting, message, span])

test('texts get the values, also inside lists and objects; keys stay as they are', () => {
  expect(filled({ path: ['in/${day}/*.csv', '${run.date}-${run.id}'], columns: { '${day}': '${name}!' } })).toEqual({
    path: ['in/2026-11-24/*.csv', '2026-11-25-20261125-000000-abcd'],
    columns: { '${day}': "O'Brien!" },
  })
})

test('a setting that wants a number or true and false gets one', () => {
  expect(filled({ rows: '${most}', wait: '${least}', dry: '${dry}', path: '${most}' })).toEqual({
    rows: 10,
    wait: 2.5,
    dry: false,
    path: '10',
  })
})

test('$${ writes a plain ${', () => {
  expect(filled({ path: 'a$${day}/$$${day}/${day}' })).toEqual({ path: 'a${day}/$${day}/2026-11-24' })
})

test('SQL gets literals, and inside quotes what cannot leave them', () => {
  const query = 'select \'${name}\', ${name}, ${day}, "${name}" from t where x > ${least} -- ${day}'
  expect(filled({ query })).toEqual({
    query: "select 'O''Brien', 'O''Brien', DATE '2026-11-24', \"O'Brien\" from t where x > (2.5::DOUBLE) -- 2026-11-24",
  })
})

test('what is no parameter is a problem at its characters, and so is a value in an expression', () => {
  expect(problems({ path: 'in/${dya}.csv' })).toEqual([['path', 'there is no parameter "dya"', [3, 9]]])
  expect(problems({ path: '${day' })?.[0]?.[1]).toBe('a "${" is not closed')
  const made = fill({ where: 'day == "${day}"' } as never)
  expect(made?.problems[0]).toMatchObject({ code: 'param-in-expression', hint: 'Write param.day, without quotes.' })
  expect(filled({ where: 'name == "$${x}"' })).toEqual({ where: 'name == "${x}"' })
})

test('a secret is not touched, and a value that is missing leaves its setting open', () => {
  expect(filled({ token: { secret: '${day}' }, path: '${day}' })).toEqual({
    token: { secret: '${day}' },
    path: '2026-11-24',
  })
  const made = fill({ path: '${later}' } as never)
  expect([made?.problems, [...(made?.open ?? [])]]).toEqual([[], ['path']])
})

test('a text without ${ is left as it is, whatever else stands in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!text.includes('${'))
      expect(fill({ path: text, columns: { a: text } } as never)).toBeNull()
    }),
  )
})

test('around references everything stays, and each character is found again where it was written', () => {
  const plain = fc.string().filter((text) => !text.includes('$'))
  const part = fc.oneof(
    plain.map((text) => [text, text] as const),
    fc.constantFrom(['${day}', '2026-11-24'], ['$${', '${']),
  )
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), (parts) => {
      const text = parts.map(([written]) => written).join('')
      const made = fill({ path: [text] } as never)
      expect(made?.config ?? { path: [text] }).toEqual({ path: [parts.map(([, value]) => value).join('')] })
      if (!made) return
      let [at, to] = [0, 0]
      for (const [written, value] of parts) {
        if (value) {
          expect(writtenSpan(made, 'path[0]', [to, to + value.length])).toEqual([at, at + written.length])
        }
        at += written.length
        to += value.length
      }
    }),
  )
})
