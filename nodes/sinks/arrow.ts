import { fixed, sink, Type, types } from '@headrace/runtime/sdk'
import { arrowAssembler } from '../formats/ipc/assembler.ts'
import { arrowParts } from '../formats/ipc/part.ts'
import { checkParts, openFileOutput, outputSettings, probeOutput, writeFileOutput } from '../formats/output.ts'
import { shortPath } from '../formats/summary.ts'

/** Writes rows as an Arrow IPC file, readable without a copy. */
export default sink({
  title: 'Arrow',
  description: 'Writes rows as an Arrow IPC file, also called Feather 2: every type as it is, readable without a copy.',
  config: Type.Object(outputSettings('.arrow')),
  summary: ({ path }) => shortPath(path),
  examples: [
    {
      title: 'Vectors stay lists of one size',
      config: { path: 'out/vectors.arrow' },
      input: [
        { name: 'id', type: types.int64 },
        { name: 'vector', type: fixed(types.float32, 2) },
      ],
      rows: [
        { id: 1n, vector: [0.5, 1] },
        { id: 2n, vector: null },
      ],
    },
  ],
  probe: (context) => probeOutput(context, '.arrow'),
  columns: ({ config: settings, input, report }) => checkParts(settings, input, report),
  open: (context) => openFileOutput(context, { ending: '.arrow', assembler: arrowAssembler(context.disk) }),
  write: (context) => writeFileOutput(context, arrowParts),
})
