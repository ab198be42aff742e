import { source, Type } from '@headrace/runtime/sdk'
import { jsonHeaders, probeJson } from '../formats/json/probe.ts'
import { readSplit } from '../formats/json/read.ts'
import { cutSplits, rejoinRows, wholeFiles } from '../formats/json/splits.ts'
import { partitionSettings, withPartitions } from '../formats/partitions.ts'
import { pathSummary } from '../formats/summary.ts'

/** Reads JSON: one row a line, or one array of rows that is the whole file. */
export default source({
  title: 'NDJSON',
  description:
    'Reads JSON: one object a line, or one array of objects. Nested objects and lists become struct and list columns.',
  config: Type.Object({
    path: Type.Union([Type.String({ format: 'path' }), Type.Array(Type.String({ format: 'path' }))], {
      description:
        'A file, a pattern such as `logs/*.ndjson`, or a list of these. Files ending in .gz or .zst are unpacked.',
      examples: ['events.ndjson', 'logs/*.json.gz'],
    }),
    ...partitionSettings,
    types: Type.Optional(
      Type.Record(Type.String(), Type.String({ format: 'type' }), {
        description:
          'The types of columns that the first 10,000 rows would not tell: dates, decimals, numbers in quotes. `string` takes any value, what is no text as its JSON.',
        examples: [{ ordered: 'date', price: 'decimal(10, 2)' }],
      }),
    ),
  }),
  summary: ({ path }) => pathSummary(path),
  examples: [
    {
      title: 'Nested objects and lists keep their shape',
      files: {
        'people.ndjson':
          '{"name": "Ada", "address": {"city": "London"}, "tags": ["a", "b"]}\n{"name": "Bo", "tags": []}\n',
      },
      config: { path: 'people.ndjson' },
      output: [
        { name: 'Ada', address: { city: 'London' }, tags: ['a', 'b'] },
        { name: 'Bo', address: null, tags: [] },
      ],
    },
    {
      title: 'One array of objects; a row that does not fit is rejected',
      files: { 'prices.json': '[\n  {"id": 1, "price": "12.50"},\n  {"id": 2, "price": "unknown"}\n]\n' },
      config: { path: 'prices.json', types: { price: 'float64' } },
      output: [{ id: 1n, price: 12.5 }],
      rejected: 1,
    },
  ],
  headers: jsonHeaders,
  ...withPartitions({ probe: probeJson, read: readSplit }),
  splits: (context) => cutSplits(context, context.target),
  whole: (context) => wholeFiles(context),
  rejoin: async ({ rows }) => rejoinRows(rows),
})
