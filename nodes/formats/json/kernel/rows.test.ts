import { Pool, Scope, valueAt } from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'
import { ObjectBuilder } from '../nested.ts'
import type { PlanField } from '../plan.ts'
import { Scanner } from '../scanner.ts'
import { kernelRows } from './rows.ts'

const columns: PlanField[] = [
  { name: 'id', plan: { kind: 'int64' } },
  { name: 'name', plan: { kind: 'string' } },
  { name: 'a name longer than eight', plan: { kind: 'float64' } },
  { name: 'Größe', plan: { kind: 'bool' } },
  { name: 'any', plan: { kind: 'text' } },
  { name: 'skipped', plan: { kind: 'list', item: { kind: 'int64' } } },
  {
    name: 'in',
    plan: {
      kind: 'struct',
      fields: [
        { name: 'id', plan: { kind: 'string' } },
        { name: 'list', plan: { kind: 'list', item: { kind: 'list', item: { kind: 'float64' } } } },
      ],
    },
  },
  { name: 'say "so"', plan: { kind: 'string' } },
]

const wanted = (name: string) => name !== 'skipped'

/** What the scanner makes of rows: values, or null where one is broken. */
function scanned(rows: readonly string[]): unknown[] {
  const scanner = new Scanner()
  const builder = new ObjectBuilder(
    '',
    columns,
    () => {},
    (name) => !wanted(name),
  )
  const places = rows.map((row) => {
    const before = builder.length
    const bytes = Buffer.from(row)
    scanner.begin(bytes, 0, bytes.length)
    if (builder.read(scanner) && scanner.ended()) return before
    builder.cut(before)
    return null
  })
  const column = builder.finish(new Scope(new Pool(1 << 26)))
  return places.map((place) => (place === null ? null : valueAt(column, place)))
}

/** What the kernel makes of them: values, or null where it leaves one to the scanner. */
function read(rows: readonly string[]): unknown[] {
  const kernel = kernelRows(columns, { bare: false, most: rows.length, wanted })
  if (!kernel) throw new Error('the kernel does not read this plan')
  const scope = new Scope(new Pool(1 << 24))
  const text = Buffer.from(rows.join('\n'))
  const ends: number[] = []
  for (const row of rows) ends.push((ends.at(-1) ?? -1) + 1 + Buffer.byteLength(row))
  const starts = ends.map((end, i) => end - Buffer.byteLength(rows[i] as string))
  kernel.begin(text, starts, ends, rows.length)
  const done: number[] = []
  for (let row = 0; row < rows.length; row++) {
    for (const stop = kernel.read(row); row < stop; row++) done.push(row)
  }
  const found = kernel.finish(scope)
  kernel.close()
  const values: unknown[] = rows.map(() => null)
  for (const [at, row] of done.entries())
    values[row] = Object.fromEntries(columns.map(({ name }, i) => [name, valueAt(found[i] as never, at)]))
  return values
}

test('rows as they come are read as the scanner reads them', () => {
  const rows = [
    '{"id":1,"name":"a","a name longer than eight":0.5,"Größe":true,"any":"t","skipped":[1,2],"in":{"id":"x","list":[[1],[]]}}',
    '{"name" : "\\u00e9\\ud83d\\ude00\\n\\/ x\\"y", "id" : -9223372036854775808 , "any" : {"a": ["\\n", 1e5]}}',
    '{}',
    '{"in":null,"id":9223372036854775807,"any":null,"Größe":false}',
    '{"in":{},"a name longer than eight":-0.0,"skipped":{"a":[[{}]]}}',
    '{"a name longer than eight":0.12345678901234567890123,"any":[1, 2 ]}',
    '{"in":{"list":[null,[null,1e22,1e-22,123456789012345678,1e200]]}}\t\r',
    `{"name":"${'long '.repeat(50)}"}`,
  ]
  const values = read(rows)
  expect(values).toEqual(scanned(rows))
  expect(values).not.toContain(null)
})

test('what the kernel does not know it leaves to the scanner', () => {
  const rows = [
    '{"id":1.0}',
    '{"in":{"id":"x","list":[],"more":1}}',
    '{"id":9223372036854775808}',
    '{"id":01}',
    '{"id":1,"id":2}',
    '{"unknown":1}',
    '{"say \\"so\\"":"x"}',
    '{"n\\u0061me":"x"}',
    '{"name":"\\ud800"}',
    '{"name":"\\x"}',
    '{"name":"a\tb"}',
    '{"name":"a',
    '{"id":1',
    ',"name":"x"}',
    '{"a name longer than eight":1e999}',
    '{"a name longer than eight":1.}',
    '{"id":1} x',
    '[1]',
    'null',
    '',
    `{"any":${'['.repeat(600)}${']'.repeat(600)}}`,
  ]
  expect(read(rows)).toEqual(rows.map(() => null))
})

test('whatever happens to a text, the kernel reads what the scanner reads or leaves it', () => {
  const parts = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\u00e9',
    ' ',
    '\t',
    '0',
    '17',
    '-',
    '.5',
    'e3',
    'null',
    'true',
  ]
  const names = columns.map(({ name }) => JSON.stringify(name))
  const values = [
    '"a"',
    '"ö\\n"',
    '12',
    '-0',
    '1.25e-3',
    '99999999999999999999',
    'false',
    '[[1.5],null]',
    '{"id":"x"}',
    '[]',
  ]
  let seed = 7
  const pick = <T>(from: readonly T[]): T => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 1
    return from[(seed >>> 8) % from.length] as T
  }
  const rows = Array.from({ length: 20_000 }, () => {
    const fields = Array.from(
      { length: pick([0, 1, 2, 3, 4]) },
      () => `${pick(names)}${pick([':', ' : '])}${pick(values)}`,
    )
    let row = `{${fields.join(pick([',', ', ']))}}`
    for (let change = pick([0, 0, 1, 2]); change > 0; change--) {
      const at = pick(Array.from({ length: row.length + 1 }, (_, i) => i))
      row = row.slice(0, at) + pick([...parts, '']) + row.slice(at + pick([0, 1]))
    }
    return row.replaceAll('\n', ' ')
  })
  const expected = scanned(rows)
  const found = read(rows)
  let both = 0
  for (const [i, value] of found.entries()) {
    if (value === null) continue
    both++
    expect(value, rows[i]).toEqual(expected[i])
  }
  expect(both).toBeGreaterThan(2000)
})
