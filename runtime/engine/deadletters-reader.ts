import { join } from 'node:path'
import { HeadraceError } from '../pipeline/problem.ts'
import { isRecord } from '../pipeline/shape.ts'
import { parseType } from '../pipeline/types.ts'
import { cellOfRejected } from '../rows/index.ts'
import type { RejectedPage, RejectedRow } from '../server/api/rows.ts'
import { chunksOf, type Line, linesOf, openIfThere } from './linesof.ts'

/** A rejected row as its line says: its own values, and why and where it was rejected. */
export interface DeadLetter {
  readonly identity: string
  readonly node: string
  readonly code: string
  readonly message: string
  readonly column: string | null
  /** The columns' types as `typeName` writes them. */
  readonly types: { readonly [column: string]: string }
  /** Whole numbers that a float64 cannot hold are BigInt. */
  readonly values: { readonly [column: string]: unknown }
  /** It is raw input that never became a row: `values` are raw, file, line and byte. */
  readonly raw: boolean
  /** Somebody mended it: `values` are the new ones. */
  readonly mended: boolean
}

/** What a replay adds to a line: new values by column, of raw input a new `raw`. */
export interface Mend {
  readonly [column: string]: unknown
}

/** Where a run keeps its rejected rows. */
export const deadLetterFile = (folder: string): string => join(folder, 'dead-letters.ndjson')

/** How many rejected rows a run has left. */
export async function countRejected(folder: string): Promise<number> {
  await using file = await openIfThere(deadLetterFile(folder))
  if (!file) return 0
  const { size, mtimeMs, ino } = await file.stat()
  const version = `${ino}:${size}:${mtimeMs}`
  const before = counts.get(folder)
  if (before?.version === version) return before.count
  let count = 0
  for await (const chunk of chunksOf(file)) for (let at = -1; (at = chunk.indexOf(10, at + 1)) >= 0; ) count++
  if (counts.size >= 1000) counts.delete(counts.keys().next().value as string)
  counts.set(folder, { version, count })
  return count
}

// A list of runs asks for each of them again and again.
const counts = new Map<string, { version: string; count: number }>()

/** Rejected rows of a run for people, from the place `offset` on. */
export async function readRejected(folder: string, offset: number, limit: number): Promise<RejectedPage> {
  const rows: RejectedRow[] = []
  for await (const { index, text } of letterLines(folder)) {
    if (index >= offset) rows.push(rejectedRow(index, readLetter(text)))
    if (rows.length >= limit) break
  }
  return { total: await countRejected(folder), rows }
}

/** The lines of a run's rejected rows, one after the other. */
export const letterLines = (folder: string): AsyncGenerator<Line> => linesOf(deadLetterFile(folder))

/** Reads one line. */
export function readLetter(line: string): DeadLetter {
  const { _node, _identity, _code, _message, _column, _types, _mend, _row, ...values } = writtenIn(line)
  return {
    identity: _identity,
    node: _node,
    code: _code,
    message: _message,
    column: _column,
    types: _types,
    values: { ...values, ..._row, ..._mend },
    mended: _mend !== undefined,
    // Only a source's own rejects carry its own name in their identity.
    raw: _identity.startsWith(`${_node}:`),
  }
}

/** A line as a run wrote it. */
function writtenIn(line: string): Written {
  let value: unknown
  try {
    // Only a number that long can have digits that a float64 has not.
    value = /\d{16}/.test(line) ? JSON.parse(line, exactly) : JSON.parse(line)
  } catch {
    value = null
  }
  const whole =
    isRecord(value) &&
    ['_node', '_identity', '_code', '_message'].every((name) => typeof value[name] === 'string') &&
    isRecord(value['_types'])
  if (whole) return value as Written & Record<string, unknown>
  const head = line.length > 80 ? `${line.slice(0, 80)}…` : line
  throw new HeadraceError('damaged-run', `the file of rejected rows is damaged: this is no rejected row: ${head}`, {
    hint: 'Put the file back from a copy, or take the line out of it.',
  })
}

interface Written {
  readonly _node: string
  readonly _identity: string
  readonly _code: string
  readonly _message: string
  readonly _column: string | null
  readonly _types: { readonly [column: string]: string }
  /** Columns that are called like the fields of a line. */
  readonly _row?: { readonly [column: string]: unknown }
  readonly _mend?: Mend
  readonly [column: string]: unknown
}

/** A reviver for `JSON.parse` that keeps all digits of whole numbers. */
export function exactly(_: string, value: unknown, { source = '' }: { source?: string } = {}): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^-?\d+$/.test(source)) return value
  return BigInt(source)
}

/** A rejected row for people. */
function rejectedRow(index: number, letter: DeadLetter): RejectedRow {
  const { identity, node, code, message, column, raw, values, types } = letter
  const about = { index, identity, node, code, message, column }
  if (raw) {
    const line = values['line'] === null || values['line'] === undefined ? null : Number(values['line'])
    return { ...about, file: String(values['file']), line, raw: String(values['raw']), values: {} }
  }
  const cells = Object.entries(values).map(([name, value]) => {
    const type = types[name] === undefined ? null : parseType(types[name])
    return [name, cellOfRejected(value, type)] as const
  })
  return { ...about, file: null, line: null, raw: null, values: Object.fromEntries(cells) }
}
