import { killStores } from './storechains.ts'

// The others run in test/long/faults.long.ts.
killStores([
  'a new table that rows are added to',
  'rows that take the place of those with their key',
  'rows that take the place of those with their kind',
])
