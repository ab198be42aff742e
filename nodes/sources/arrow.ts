import { source, Type } from '@headrace/runtime/sdk'
import { arrowHeaders, probeArrow } from '../formats/arrow/probe.ts'
import { readSplit } from '../formats/arrow/read.ts'
import { cutSplits } from '../formats/arrow/splits.ts'
import { partitionSettings, withPartitions } from '../formats/partitions.ts'
import { pathSummary } from '../formats/summary.ts'

/** A stream of one int32 column, n: 1, null, 3. */
const numbers = Buffer.from(
  '/////4AAAAAQAAAAAAAKABAADgAHAAgACgAAAAAAAAEQAAAAAAAEAAgACAAAAAQACAAAAAQAAAABAAAAFAAAABAAGAAEAAsAEwAUAAAADAAQAAAAFAAAAAAAAAEUAAAAAAAAAhgAAAABAAAAbgAAAAAAAAAIAAwACAAHAAgAAAAAAAABIAAAAP////+IAAAAFAAAAAAAAAAMABYAFAAPABAABAAMAAAAUAAAAAAAAAAAAAADEAAAAAQACgAYAAwACAAEAAoAAAAUAAAAOAAAAAMAAAAAAAAAAAAAAAIAAAAAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAAAQAAAAAAAAAAAAAAABAAAAAwAAAAAAAAABAAAAAAAAAAUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAMAAAAAAAAA/////wAAAAA=',
  'base64',
)

/** Reads Arrow IPC files and streams (Feather 2). */
export default source({
  title: 'Arrow',
  description:
    'Reads Arrow IPC files and streams, packed ones (LZ4, zstd) too. Dictionaries, runs and views are decoded, maps become lists of key and value.',
  config: Type.Object({
    path: Type.Union([Type.String({ format: 'path' }), Type.Array(Type.String({ format: 'path' }))], {
      description: 'A file, a pattern such as `parts/*.arrow`, or a list of these.',
      examples: ['flights.arrow', 'parts/*.arrow'],
    }),
    ...partitionSettings,
  }),
  summary: ({ path }) => pathSummary(path),
  examples: [
    {
      title: 'A stream with one column',
      files: { 'numbers.arrows': numbers },
      config: { path: 'numbers.arrows' },
      output: [{ n: 1 }, { n: null }, { n: 3 }],
    },
  ],
  headers: arrowHeaders,
  ...withPartitions({ probe: probeArrow, read: readSplit }),
  mayLeaveOut: ({ probe }) => probe.columns.map(({ name }) => name),
  splits: (context) => cutSplits(context, context.target),
})
