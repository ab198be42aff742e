import { type Field, type SinkNode, types } from '@headrace/runtime/sdk'
import arrow from '../../nodes/sinks/arrow.ts'
import csv from '../../nodes/sinks/csv.ts'
import ndjson from '../../nodes/sinks/ndjson.ts'
import parquet from '../../nodes/sinks/parquet.ts'

/** A sink with the settings under which faults are tried. */
export interface Variant {
  readonly name: string
  readonly sink: SinkNode
  readonly ending: string
  /** Its runs store no row. */
  readonly isEmpty: boolean
  readonly config: { readonly path: string; readonly ifExists: IfExists; readonly [setting: string]: unknown }
}

type IfExists = 'fail' | 'replace' | 'append'

export const fields: readonly Field[] = [
  { name: 'n', type: types.int64 },
  { name: 'text', type: types.string },
  { name: 'place', type: types.string },
  { name: 'x', type: types.float64 },
]

/** Where outputs lie on the simulated disk. */
export const outputs = '/simulated/out'

// A cast: each sink has settings of its own.
const sinks = { csv, ndjson, arrow, parquet } as unknown as { readonly [format: string]: SinkNode }
export type Format = 'csv' | 'ndjson' | 'arrow' | 'parquet'

/** Parts get full in the middle of a run. */
const partSizes: Record<Format, number> = { csv: 150, ndjson: 300, arrow: 2500, parquet: 2500 }

const shapes = ['file', 'folder', 'partitions'] as const
const manners: readonly IfExists[] = ['fail', 'replace', 'append']

/** One file, a folder of parts and one with partitions; each made new, put in the place of another, and added to it. */
export const variantsOf = (format: Format): Variant[] => [
  ...shapes.flatMap((shape) => manners.map((ifExists) => variant(format, shape, ifExists))),
  ...(['file', 'folder'] as const).map((shape) => variant(format, shape, 'fail', true)),
]

function variant(format: Format, shape: (typeof shapes)[number], ifExists: IfExists, isEmpty = false): Variant {
  const ending = `.${format}`
  const path = shape === 'file' ? `${outputs}/rows${ending}` : `${outputs}/rows/`
  const folder = { partSize: partSizes[format], ...(shape === 'partitions' && { partitionBy: ['place'] }) }
  const config = { path, ifExists, ...(shape !== 'file' && folder) }
  const name = `${format} ${shape} ${isEmpty ? 'without a row' : ifExists}`
  return { name, sink: sinks[format] as SinkNode, ending, isEmpty, config }
}
