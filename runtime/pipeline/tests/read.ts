import type { Json } from '../../sdk/node.ts'
import { readJson } from '../json.ts'
import type { Path, Positions } from '../positions.ts'
import type { Problem } from '../problem.ts'
import { isObject, type JsonObject, pathText, Reader } from '../reader.ts'
import { kindOf } from '../shape.ts'
import {
  countNames,
  type Expectation,
  expectKeys,
  type PipelineTest,
  type Put,
  putKeys,
  type TestFile,
  type TestRow,
  testFileKeys,
  testKeys,
  testVersion,
  usualTolerance,
} from './model.ts'

export interface ParsedTests {
  /** Null where the text is no JSON object or of another version; else with everything that could be read. */
  readonly file: TestFile | null
  readonly problems: Problem[]
  readonly positions: Positions
}

/** Reads a file of tests: strict JSON, known keys, right shapes. Never throws. */
export function parseTests(text: string, file?: string): ParsedTests {
  const { value, problems, positions } = readJson(text, file)
  if (value === undefined) return { file: null, problems, positions }
  const reader = new Reader(positions, problems)
  if (!isObject(value)) {
    const hint = 'A file of tests is { "headrace-test": 1, "tests": [ … ] }.'
    reader.report('wrong-shape', [], `expected an object, found ${kindOf(value)}`, hint)
    return { file: null, problems, positions }
  }
  const version = value['headrace-test']
  if (version !== testVersion) {
    const known = 'the first key of a file of tests is "headrace-test": 1'
    const found = version === undefined ? '' : `, found ${kindOf(version)}`
    reader.report('wrong-version', ['headrace-test'], known + found, 'Write "headrace-test": 1.')
    if (version !== undefined) return { file: null, problems, positions }
  }
  reader.keys(value, [], testFileKeys)
  const list = reader.typed(value, 'tests', [], 'array') ?? []
  const tests = list.flatMap((one, i) => readTest(one, ['tests', i], reader))
  twiceNamed(tests, reader)
  return { file: { tests }, problems, positions }
}

function twiceNamed(tests: readonly PipelineTest[], reader: Reader): void {
  const names = new Set<string>()
  for (const { name, path } of tests) {
    if (names.has(name))
      reader.report('duplicate-name', [...path, 'name'], `two tests are called "${name}"`, 'Give each its own name.')
    names.add(name)
  }
}

function readTest(value: Json, path: Path, reader: Reader): PipelineTest[] {
  if (!isObject(value)) {
    const hint = 'Write { "name": "…", "put": { … }, "expect": { … } }.'
    reader.report('wrong-shape', path, `${pathText(path)}: expected an object, found ${kindOf(value)}`, hint)
    return []
  }
  reader.keys(value, path, testKeys)
  const name = reader.typed(value, 'name', path, 'string')
  if (!name) reader.report('no-name', path, `${pathText(path)} has no name`, 'Say what it shows: "name": "…".')
  const note = reader.typed(value, 'note', path, 'string')
  const put = reader.typed(value, 'put', path, 'object') ?? {}
  const expected = reader.typed(value, 'expect', path, 'object')
  if (!expected || Object.keys(expected).length === 0)
    reader.report('no-expectation', path, `${name ?? pathText(path)} expects nothing`, 'Name a node under "expect".')
  const usual = {
    anyOrder: reader.typed(value, 'anyOrder', path, 'boolean') ?? false,
    tolerance: readTolerance(value, path, reader) ?? usualTolerance,
  }
  return [
    {
      name: name ?? pathText(path),
      ...(note !== undefined && { note }),
      params: reader.typed(value, 'params', path, 'object') ?? {},
      set: reader.typed(value, 'set', path, 'object') ?? {},
      now: readNow(value, path, reader),
      put: each(put, (one, key) => readPut(one, [...path, 'put', key], reader)),
      expect: each(expected ?? {}, (one, key) => readExpectation(one, [...path, 'expect', key], reader, usual)),
      path,
    },
  ]
}

function each<T>(object: JsonObject, read: (value: Json, key: string) => T | null): { [key: string]: T } {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => {
      const one = read(value, key)
      return one === null ? [] : [[key, one] as const]
    }),
  )
}

function readNow(value: JsonObject, path: Path, reader: Reader): string | null {
  const now = reader.typed(value, 'now', path, 'string')
  if (now === undefined) return null
  if (!Number.isNaN(Date.parse(now))) return now
  const message = `${pathText([...path, 'now'])}: "${now}" is no time`
  reader.report('wrong-value', [...path, 'now'], message, 'Write it like "2026-11-05T08:30:00Z".')
  return null
}

function readTolerance(value: JsonObject, path: Path, reader: Reader): number | undefined {
  const given = value.tolerance
  if (given === undefined) return undefined
  if (typeof given === 'number' && given >= 0) return given
  const message = `${pathText([...path, 'tolerance'])}: ${kindOf(given)} is no number from 0`
  reader.report('wrong-value', [...path, 'tolerance'], message, 'Write a number like 0.001.')
  return undefined
}

function readPut(value: Json, path: Path, reader: Reader): Put | null {
  if (Array.isArray(value)) return { kind: 'rows', rows: readRows(value, path, reader), columns: {}, path }
  const forms =
    'Write a list of rows, { "columns": …, "rows": […] }, { "files": { "NAME": "text" } } or { "read": true }.'
  if (!isObject(value)) {
    reader.report('wrong-shape', path, `${pathText(path)}: ${kindOf(value)} cannot be put in`, forms)
    return null
  }
  reader.keys(value, path, putKeys)
  const ways = (['rows', 'files', 'read'] as const).filter((way) => value[way] !== undefined)
  if (ways.length !== 1) {
    const found = ways.length ? `it has ${ways.join(' and ')}` : 'there is none'
    reader.report(
      'wrong-shape',
      path,
      `${pathText(path)}: one of rows, files and read is expected, and ${found}`,
      forms,
    )
    return null
  }
  if (value.read !== undefined)
    return reader.typed(value, 'read', path, 'boolean') === true ? { kind: 'read', path } : null
  if (value.files !== undefined) {
    const files = reader.typed(value, 'files', path, 'object') ?? {}
    return { kind: 'files', files: texts(files, [...path, 'files'], reader), path: [...path, 'files'] }
  }
  const columns = texts(reader.typed(value, 'columns', path, 'object') ?? {}, [...path, 'columns'], reader)
  const rows = readRows(reader.typed(value, 'rows', path, 'array') ?? [], [...path, 'rows'], reader)
  return { kind: 'rows', rows, columns, path: [...path, 'rows'] }
}

function readRows(list: readonly Json[], path: Path, reader: Reader): TestRow[] {
  return list.map((row, i) => {
    if (isObject(row)) return row
    const message = `${pathText([...path, i])}: a row is an object, found ${kindOf(row)}`
    reader.report('wrong-shape', [...path, i], message, 'Write { "column": value, … }.')
    return {}
  })
}

/** The texts of an object that has nothing else in it. */
function texts(object: JsonObject, path: Path, reader: Reader): { [key: string]: string } {
  return each(object, (_, key) => reader.typed(object, key, path, 'string') ?? null)
}

function readExpectation(
  value: Json,
  path: Path,
  reader: Reader,
  usual: Pick<Expectation, 'anyOrder' | 'tolerance'>,
): Expectation | null {
  const nothing = { columns: null, counts: {}, ...usual, path }
  if (Array.isArray(value)) return { ...nothing, rows: readRows(value, path, reader), rowsPath: path }
  if (!isObject(value)) {
    const hint = 'Write a list of rows, or { "rows": […], "columns": …, "filtered": 2 }.'
    reader.report('wrong-shape', path, `${pathText(path)}: ${kindOf(value)} cannot be expected`, hint)
    return null
  }
  reader.keys(value, path, expectKeys)
  const rows = reader.typed(value, 'rows', path, 'array')
  const columns = reader.typed(value, 'columns', path, 'object')
  return {
    rows: rows ? readRows(rows, [...path, 'rows'], reader) : null,
    columns: columns ? texts(columns, [...path, 'columns'], reader) : null,
    counts: readCounts(value, path, reader),
    anyOrder: reader.typed(value, 'anyOrder', path, 'boolean') ?? usual.anyOrder,
    tolerance: readTolerance(value, path, reader) ?? usual.tolerance,
    path,
    rowsPath: [...path, 'rows'],
  }
}

function readCounts(value: JsonObject, path: Path, reader: Reader): Expectation['counts'] {
  const counts: { [count: string]: number } = {}
  for (const name of countNames) {
    const given = value[name]
    if (given === undefined) continue
    if (Number.isSafeInteger(given) && Number(given) >= 0) counts[name] = Number(given)
    else {
      const message = `${pathText([...path, name])}: ${kindOf(given)} is no count of rows`
      reader.report('wrong-value', [...path, name], message, 'Write a whole number from 0.')
    }
  }
  return counts
}
