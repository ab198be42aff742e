import { fixed, sink, Type, types } from '@headrace/runtime/sdk'
import { arrowAssembler } from '../formats/ipc/assembler.ts'
import { writeArrowPart } from '../formats/ipc/part.ts'
import { openFileOutput, outputSettings, probeOutput, splitReceipt } from '../formats/output.ts'
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
  open: (context) => openFileOutput(context, { ending: '.arrow', assembler: arrowAssembler }),
  async write({ input, splitIndex, stage }) {
    const file = stage('.arrow')
    const { rows, bytes } = await writeArrowPart(file, input)
    return splitReceipt(splitIndex, rows, bytes, file)
  },
})
