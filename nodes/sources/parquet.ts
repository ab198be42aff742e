import { source, Type } from '@headrace/runtime/sdk'
import { example } from '../formats/parquet/example.ts'
import { parquetHeaders, probeParquet } from '../formats/parquet/probe.ts'
import { readParquet } from '../formats/parquet/read.ts'
import { cutGroups } from '../formats/parquet/splits.ts'
import { partitionSettings, withPartitions } from '../formats/partitions.ts'
import { pathSummary, summaryOf } from '../formats/summary.ts'

/** Reads Parquet files: only the columns asked for, row group by row group, in the files' order. */
export default source({
  title: 'Parquet',
  description: 'Reads Parquet files, only the columns that are wanted; every codec, nested columns too.',
  config: Type.Object({
    path: Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
      format: 'path',
      description: 'A file, a glob, a folder, or a list of these. All files must have the columns of the first one.',
      examples: ['data/orders.parquet', 'data/**/*.parquet'],
    }),
    ...partitionSettings,
    columns: Type.Optional(
      Type.Array(Type.String(), {
        format: 'columns',
        minItems: 1,
        description: 'The columns to read, in this order. All where it is not given.',
        examples: [['id', 'text']],
      }),
    ),
  }),
  summary: ({ path, columns }) =>
    summaryOf(pathSummary(path), columns && `${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`),
  footprint: () => ({ name: 'DuckDB', bytes: 220 << 20, perWorker: 50 << 20 }),
  examples: [
    {
      title: 'Read a file',
      config: { path: 'cities.parquet' },
      files: { 'cities.parquet': example() },
      output: [
        { id: 1n, city: 'Zürich', people: 443037 },
        { id: 2n, city: null, people: 12 },
        { id: 3n, city: '東京', people: 14264798 },
      ],
    },
    {
      title: 'Read one column',
      config: { path: '*.parquet', columns: ['city'] },
      files: { 'cities.parquet': example() },
      output: [{ city: 'Zürich' }, { city: null }, { city: '東京' }],
    },
  ],
  headers: parquetHeaders,
  ...withPartitions({ probe: probeParquet, read: readParquet }),
  mayLeaveOut: ({ probe }) => probe.columns.map(({ name }) => name),
  splits: async ({ probe, target }) => cutGroups(probe, target),
})
