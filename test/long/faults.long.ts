import { killStores } from '../cli/storechains.ts'
import { tryMatrix } from '../faults/matrix.ts'

killStores(['a new table with a key', 'rows added to a table that exists'])

// Every pass of every fault point, where `npm test` tries one of each.
for (const format of ['csv', 'ndjson', 'arrow', 'parquet'] as const) tryMatrix(format, true)
