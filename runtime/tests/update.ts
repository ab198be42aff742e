import { HeadraceError } from '../pipeline/problem.ts'
import { isRecord } from '../pipeline/shape.ts'
import { countNames, editTests, type TestRow } from '../pipeline/tests/index.ts'
import { typeName } from '../pipeline/types.ts'
import type { Json } from '../sdk/node.ts'
import { writeWhole } from '../server/pipelines/atomic.ts'
import type { Found } from './compare.ts'
import { jsonOf } from './found.ts'
import type { TestResult } from './run.ts'

type JsonObject = { readonly [key: string]: Json }

/** Writes what was found as what is expected, in tests that failed for their rows alone. Gives the file's new text. */
export async function updateTests(
  path: string,
  text: string,
  results: readonly TestResult[],
): Promise<{ readonly text: string; readonly tests: number }> {
  const failed = new Map(
    results.filter(({ ok, differences }) => !ok && differences.length).map((one) => [one.name, one]),
  )
  if (failed.size === 0) return { text, tests: 0 }
  const next = editTests(text, (tests) => tests.map((test) => updated(test, failed)))
  if (next === null)
    throw new HeadraceError('wrong-shape', 'the file holds no list of tests', { place: { file: path } })
  await writeWhole(path, next)
  return { text: next, tests: failed.size }
}

function updated(test: Json, failed: ReadonlyMap<string, TestResult>): Json {
  const { name, expect } = isRecord(test) ? (test as JsonObject) : {}
  const result = typeof name === 'string' ? failed.get(name) : undefined
  if (!result || !isRecord(expect)) return test
  const wrong = new Set(result.differences.map(({ at }) => at))
  const next = Object.entries(expect as JsonObject).map(([at, value]) => {
    const found = result.found[at]
    return [at, wrong.has(at) && found ? foundAs(value, found) : value] as const
  })
  return { ...(test as JsonObject), expect: Object.fromEntries(next) }
}

/** What was found in the form in which it is expected: the same columns, the same counts. */
function foundAs(expected: Json, found: Found): Json {
  if (Array.isArray(expected)) return rowsAs(expected as readonly Json[], found)
  if (!isRecord(expected)) return expected
  const { rows, columns } = expected as JsonObject
  const counts = countNames.filter((count) => Object.hasOwn(expected, count))
  return {
    ...(expected as JsonObject),
    ...(Array.isArray(rows) && { rows: rowsAs(rows as readonly Json[], found) }),
    ...(isRecord(columns) && {
      columns: Object.fromEntries((found.schema?.fields ?? []).map(({ name, type }) => [name, typeName(type)])),
    }),
    ...Object.fromEntries(counts.map((count) => [count, found.counts[count] ?? 0])),
  }
}

function rowsAs(expected: readonly Json[], found: Found): Json[] {
  const named = new Set(expected.flatMap((row) => (isRecord(row) ? Object.keys(row) : [])))
  return foundRows(found, (name) => named.size === 0 || named.has(name))
}

/** Rows as a test expects them; of long vectors the length and the first numbers. */
export function foundRows(
  { schema, rows }: Pick<Found, 'schema' | 'rows'>,
  takes: (name: string) => boolean,
): TestRow[] {
  const fields = (schema?.fields ?? []).filter(({ name }) => takes(name))
  return rows.map((row) => Object.fromEntries(fields.map(({ name, type }) => [name, short(jsonOf(type, row[name]))])))
}

const longestVector = 16
const shownOfVector = 4

function short(value: Json): Json {
  if (!Array.isArray(value) || value.length <= longestVector) return value
  if (!value.every((one) => typeof one === 'number')) return value
  return { length: value.length, head: value.slice(0, shownOfVector) }
}
