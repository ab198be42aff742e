import { source } from '@headrace/runtime/sdk'
import { csvHeaders } from '../formats/csv/headers.ts'
import { probeCsv } from '../formats/csv/probe.ts'
import { readSplit } from '../formats/csv/read.ts'
import { rejoinRecords } from '../formats/csv/rejoin.ts'
import { csvSettings } from '../formats/csv/settings.ts'
import { cutSplits, wholeFiles } from '../formats/csv/splits.ts'
import { withPartitions } from '../formats/partitions.ts'
import { pathSummary } from '../formats/summary.ts'

/** Reads CSV files to typed columns; a line that is no row, or has a wrong value, is rejected with its place. */
export default source({
  title: 'CSV',
  description: 'Reads CSV files, with delimiter, encoding, decimal sign, dates and types detected from a sample.',
  config: csvSettings,
  summary: ({ path }) => pathSummary(path),
  examples: [
    {
      title: 'Types are found, an empty field is null',
      config: { path: 'orders.csv' },
      files: { 'orders.csv': 'id,price,paid\n1,9.5,true\n2,,false\n' },
      output: [
        { id: 1n, price: 9.5, paid: true },
        { id: 2n, price: null, paid: false },
      ],
    },
    {
      title: 'Semicolons, decimal commas, and a line that is rejected',
      config: { path: 'prices.csv', types: { code: 'string' } },
      files: { 'prices.csv': 'code;price\n007;12,50\n"a;b";1.234,5\nc;1;2\n' },
      output: [
        { code: '007', price: 12.5 },
        { code: 'a;b', price: 1234.5 },
      ],
      rejected: 1,
    },
  ],
  headers: csvHeaders,
  ...withPartitions({ probe: probeCsv, read: readSplit }),
  // A text that is no value of its column's type is a reject; for a string any text will do.
  mayLeaveOut: ({ probe }) => probe.columns.flatMap(({ name, type }) => (type.kind === 'string' ? [name] : [])),
  splits: (context) => cutSplits(context, context.target),
  whole: async ({ probe }) => wholeFiles(probe),
  rejoin: (context) => rejoinRecords(context),
})
