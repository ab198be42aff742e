import { existsSync } from 'node:fs'
import { type Batch, Type, transform } from '@headrace/runtime/sdk'

/** Which rows a node refuses, and until when. */
export const refuseSettings = {
  rest: Type.Integer({ default: -1, description: 'It refuses rows whose n leaves this rest by 4.' }),
  honest: Type.Optional(Type.String({ description: 'A file: where it exists, it takes every row.' })),
}

/** The rows of a batch that are not refused. */
export function refuse(batch: Batch, { rest, honest }: { rest: number; honest?: string }): Batch {
  if (honest && existsSync(honest)) return batch
  const rows = Array.from({ length: batch.rows }, (_, row) => row)
  const refused = rows.filter((row) => Number(batch.row(row)['n']) % 4 === rest)
  return batch.reject(refused.map((row) => ({ row, code: 'refused', message: `"no": \n\u2028 ${row}`, column: 'n' })))
}

/** Rejects some rows, until it is told to take them. */
export default transform({
  title: 'Refuse',
  description: 'Rejects some rows.',
  config: Type.Object(refuseSettings),
  examples: [],
  columns: ({ input }) => input.fields,
  async *run({ input, config }) {
    for await (const batch of input) yield refuse(batch, config)
  },
})
