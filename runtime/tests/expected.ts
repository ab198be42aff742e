import type { Checked } from '../catalogue/check.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import type { Schema } from '../pipeline/schema.ts'
import { isRecord } from '../pipeline/shape.ts'
import type { TestRow } from '../pipeline/tests/index.ts'
import { type ColumnType, type Field, isNumeric } from '../pipeline/types.ts'
import type { Json } from '../sdk/node.ts'
import { valueFromJson } from '../text/parsevalue.ts'
import { namedColumns, unknownColumn, wrongValue } from './columns.ts'
import type { Notes } from './notes.ts'
import type { ExpectSpot } from './spots.ts'

/** A value that is expected: of the column's type, or what only part of it is said of. */
export type Wanted =
  | { readonly is: 'value'; readonly value: unknown }
  /** A list or vector of so many, whose first are these. */
  | { readonly is: 'vector'; readonly length: number; readonly head: readonly number[] }
  /** A text that has this in it: messages are not compared word by word. */
  | { readonly is: 'part'; readonly text: string }

export interface WantedCell {
  readonly name: string
  readonly type: ColumnType
  readonly wanted: Wanted
  /** As the test writes it. */
  readonly json: Json
}

export interface WantedRow {
  readonly cells: readonly WantedCell[]
  readonly json: TestRow
}

/** What a test expects at a node, with the types of the columns that it will find there. */
export interface Wants {
  readonly spot: ExpectSpot
  /** Null: no columns are known there, and only counts are compared. */
  readonly schema: Schema | null
  readonly rows: readonly WantedRow[] | null
  readonly columns: readonly Field[] | null
}

/** Gives what is expected the types of the columns that are there. */
export function wantsOf(spot: ExpectSpot, scene: Checked, notes: Notes): Wants | null {
  const { at, expectation } = spot
  const schema = schemaAt(spot, scene.nodes[spot.node])
  const before = notes.problems.length
  const columns = expectation.columns && namedColumns(expectation.columns, [...expectation.path, 'columns'], notes)
  if (!schema && (expectation.rows || expectation.columns)) return null
  const rows = expectation.rows && schema && expectation.rows.map((row, i) => wantedRow(row, i, spot, schema, notes))
  if (notes.problems.length > before) return null
  return { spot, schema, rows, columns }

  function schemaAt({ port, enters }: ExpectSpot, node: CheckedNode | undefined): Schema | null {
    if (!node || port === null) return null
    return enters ? node.input : port === 'rejects' ? node.rejects : node.output
  }

  function wantedRow(row: TestRow, i: number, { expectation }: ExpectSpot, known: Schema, notes: Notes): WantedRow {
    const cells = Object.entries(row).flatMap(([name, json]): WantedCell[] => {
      const field = known.field(name)
      if (!field) {
        const names = known.fields.map(({ name }) => name)
        notes.key([...expectation.rowsPath, i], name, unknownColumn(name, names, `the rows of ${at}`))
        return []
      }
      try {
        return [{ name, type: field.type, json, wanted: wantedValue(name, field.type, json) }]
      } catch (error) {
        notes.at([...expectation.rowsPath, i, name], wrongValue(name, field.type, json, error))
        return []
      }
    })
    return { cells, json: row }
  }
}

function wantedValue(name: string, type: ColumnType, json: Json): Wanted {
  if (name === '_message' && typeof json === 'string') return { is: 'part', text: json }
  if ((type.kind === 'list' || type.kind === 'fixed') && isNumeric(type.item) && isRecord(json)) {
    const { length, head = [], ...more } = json
    const numbers = Array.isArray(head) && head.every((one) => typeof one === 'number')
    if (!Number.isSafeInteger(length) || !numbers || Object.keys(more).length)
      throw new TypeError('a vector is written whole, or as { "length": 384, "head": [first numbers] }')
    return { is: 'vector', length: Number(length), head }
  }
  return { is: 'value', value: valueFromJson(type, json) }
}
