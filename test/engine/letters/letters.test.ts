import { readFileSync, writeFileSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { decimal, type Field, fixed, list, struct, timestamp, types } from '@headrace/runtime/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRows } from '../../contract/values.ts'
import { left, replay } from '../replaying.ts'
import { Workplace } from '../workplace.ts'

// Rejected rows are kept whole: every type, by every kind of node, and none is lost or stored twice by a replay.

type Row = Record<string, unknown>

const typed: readonly Field[] = [
  { name: 'bool', type: types.bool },
  { name: 'int8', type: types.int8 },
  { name: 'uint32', type: types.uint32 },
  { name: 'int64', type: types.int64 },
  { name: 'uint64', type: types.uint64 },
  { name: 'float16', type: types.float16 },
  { name: 'float32', type: types.float32 },
  { name: 'float64', type: types.float64 },
  { name: 'decimal', type: decimal(38, 10) },
  { name: 'cents', type: decimal(5, 2) },
  { name: 'string', type: types.string },
  { name: 'binary', type: types.binary },
  { name: 'date', type: types.date },
  { name: 'time', type: types.time },
  { name: 'local', type: timestamp('us', null) },
  { name: 'instant', type: timestamp('ms', 'UTC') },
  { name: 'zoned', type: timestamp('ns', 'Europe/Zurich') },
  { name: 'list', type: list(types.float64) },
  { name: 'vector', type: fixed(types.float32, 3) },
  {
    name: 'nested',
    type: struct([
      { name: 'at', type: timestamp('s', '+02:00') },
      { name: 'many', type: list(struct([{ name: '__proto__', type: types.int64 }])) },
    ]),
  },
]

/** Columns that are called like what a line of the file has beside the row, and like what JavaScript has. */
const named: readonly Field[] = [
  ...['_node', '_identity', '_code', '_message', '_column', '_types', '_mend', '_row', '_own', 'raw', 'file'],
  ...['__proto__', 'constructor', 'toString', 'a "b" \\ c', 'größe 🌊', 'line\nbreak'],
].map((name) => ({ name, type: types.string }))

const edges: readonly Row[] = [
  { float64: Number.NaN, float32: Number.POSITIVE_INFINITY, float16: Number.NEGATIVE_INFINITY, list: [Number.NaN, -0] },
  { int64: 2n ** 63n - 1n, uint64: 2n ** 64n - 1n, decimal: 10n ** 38n - 1n, string: '', binary: new Uint8Array(0) },
  { int64: -(2n ** 63n), float64: 1e17, vector: [Number.NaN, 1, 2], nested: { at: 0n, many: [{}, null] }, list: [] },
  { float64: -0, string: '\u0000\ufeff\u2028"\\', nested: null, time: 0n, date: -800_000, local: -1n },
]

function pipeline(place: Workplace, honest: string): string {
  const refusing = (rest: number) => ({ rest, honest })
  return place.pipeline(
    {
      in: ['sources/given', { path: 'given.bin' }],
      change: ['transforms/refuse', refusing(1)],
      model: ['models/refuse', refusing(2)],
      store: ['sinks/keep', { path: 'stored.bin', ...refusing(3) }],
    },
    [
      ['in', 'change'],
      ['change', 'model'],
      ['model', 'store'],
    ],
    { errorLimit: 10_000, deadLetters: 10_000 },
  )
}

const stored = (place: Workplace): Row[] =>
  (deserialize(readFileSync(place.path('stored.bin'))) as Row[]).sort((a, b) => Number(a['n']) - Number(b['n']))

async function keepsAll(fields: readonly Field[], rows: readonly Row[]): Promise<void> {
  const place = new Workplace()
  const numbered = rows.map((row, i) =>
    Object.defineProperties({ n: BigInt(i) }, Object.getOwnPropertyDescriptors(row)),
  )
  writeFileSync(
    place.path('given.bin'),
    serialize({ fields: [{ name: 'n', type: types.int64 }, ...fields], rows: numbered }),
  )
  const honest = place.path('honest')
  // What is stored when nobody refuses anything.
  const smooth = await place.run(pipeline(place, place.write('never', '')))
  expect(smooth.error).toBeUndefined()
  expect(smooth).toMatchObject({ status: 'done', balanced: true, deadLetters: { count: 0 } })
  const whole = stored(place)
  const undisturbed = new Workplace()
  undisturbed.write('given.bin', readFileSync(place.path('given.bin')))
  const report = await undisturbed.run(pipeline(undisturbed, honest))
  const refused = rows.filter((_, i) => i % 4 !== 0).length
  expect(report.error).toBeUndefined()
  expect(report).toMatchObject({ status: 'done', balanced: true, deadLetters: { count: refused } })
  expect(stored(undisturbed)).toEqual(whole.filter(({ n }) => Number(n) % 4 === 0))
  const letters = left(report.folder)
  expect(letters.length).toBe(refused)
  for (const { n, _identity, _node, _message, _types } of letters) {
    expect(_identity).toBe(`in:given.bin:${Number(n) + 1}`)
    expect(_node).toBe(['change', 'model', 'store'][(Number(n) % 4) - 1])
    expect(_message).toContain('no')
    expect(Object.keys(_types as object).length).toBe(fields.length + 1)
  }
  place.write('honest', '')
  expect(await replay(report.folder)).toMatchObject({ status: 'done', balanced: true, deadLetters: { count: 0 } })
  expect(left(report.folder)).toEqual([])
  expect(stored(undisturbed)).toEqual(whole)
}

test('random rows of every type, refused by a transform, a model and a sink, come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyRows(typed, 24),
      async (rows) => await keepsAll(typed, [...rows, ...edges, ...edges, ...edges, ...edges]),
    ),
    { numRuns: Number(process.env['HEADRACE_RUNS'] ?? 2), endOnFailure: true },
  )
}, 120_000)

test('columns that are called like the fields of a rejected row keep their values', async () => {
  const row = (i: number): Row => {
    const made: Row = {}
    for (const { name } of named)
      Object.defineProperty(made, name, { value: i % 3 ? `${name} ${i}` : null, enumerable: true, configurable: true })
    return made
  }
  await keepsAll(
    named,
    Array.from({ length: 12 }, (_, i) => row(i)),
  )
})
