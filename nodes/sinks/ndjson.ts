import { type Disk, sink, Type, types } from '@headrace/runtime/sdk'
import { objectWriter } from '@headrace/runtime/text'
import { jsonBatchWriter } from '../formats/json/writer/batch.ts'
import {
  type Assembler,
  checkParts,
  openFileOutput,
  outputSettings,
  probeOutput,
  writeFileOutput,
} from '../formats/output.ts'
import { shortPath } from '../formats/summary.ts'
import { textParts } from '../formats/text/part.ts'

/** Writes rows as JSON, one object a line. */
export default sink({
  title: 'NDJSON',
  description: 'Writes rows as JSON, one object a line; lists and structs stay nested.',
  config: Type.Object(outputSettings('.ndjson')),
  summary: ({ path }) => shortPath(path),
  examples: [
    {
      title: 'Every row an object',
      config: { path: 'out/people.ndjson' },
      input: [
        { name: 'id', type: types.int64 },
        { name: 'name', type: types.string },
      ],
      rows: [
        { id: 1n, name: 'Ada' },
        { id: 2n, name: null },
      ],
    },
    {
      title: 'A folder of parts that every run adds to',
      config: { path: 'out/people/', ifExists: 'append' },
      input: [{ name: 'name', type: types.string }],
      rows: [{ name: 'Grace' }],
    },
  ],
  probe: (context) => probeOutput(context, '.ndjson'),
  columns: ({ config: settings, input, report }) => checkParts(settings, input, report),
  open: (context) => openFileOutput(context, { ending: '.ndjson', assembler: lines(context.disk) }),
  write: (context) =>
    writeFileOutput(
      context,
      textParts(
        context,
        '.ndjson',
        () => {},
        (batch, unwritable) => {
          const names = batch.schema.fields.map((field) => field.name)
          const object = objectWriter(names, batch.columns, unwritable)
          return (out, row) => {
            object(out, row)
            out.byte(10)
          }
        },
        jsonBatchWriter,
      ),
    ),
})

/** Lines need no head and no footer; an older file that ends without a line feed gets one. */
const lines = (disk: Disk): Assembler => ({
  async begin(existing) {
    if (!existing) return { pieces: [], state: null }
    const { length, endsLine } = await lastByte(disk, existing)
    const content = { file: existing, start: 0, end: length }
    return { pieces: endsLine ? [content] : [content, Buffer.from('\n')], state: null }
  },
  append: async (part) => ({ pieces: [part], state: null }),
  end: async () => new Uint8Array(0),
})

async function lastByte(disk: Disk, file: string): Promise<{ length: number; endsLine: boolean }> {
  const handle = await disk.open(file, 'read')
  try {
    const { size } = await handle.stat()
    const last = Buffer.alloc(1)
    await handle.read(last, Math.max(0, size - 1))
    return { length: size, endsLine: size === 0 || last[0] === 10 }
  } finally {
    await handle.close()
  }
}
