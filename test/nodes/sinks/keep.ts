import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { sink, Type } from '@headrace/runtime/sdk'
import { refuse, refuseSettings } from '../transforms/refuse.ts'

const rowsIn = (path: string): unknown[] => (existsSync(path) ? (deserialize(readFileSync(path)) as unknown[]) : [])

/** Keeps rows as they come, without a format in between, and refuses some. */
export default sink({
  title: 'Keep',
  description: 'Keeps rows as JavaScript values.',
  config: Type.Object({ path: Type.String({ format: 'path', description: 'The file.' }), ...refuseSettings }),
  examples: [],
  async open({ config, resolve, resumed, replay }) {
    const path = resolve(config.path)
    let files = (resumed as string[] | null) ?? []
    return {
      stageFolder: resolve('.'),
      async commit(receipts) {
        files = [...files, ...receipts.flatMap((receipt) => receipt.files)]
        return { state: files }
      },
      async finish() {
        const own = files.flatMap(rowsIn)
        writeFileSync(path, serialize([...(replay ? rowsIn(path) : []), ...own]))
        return { path, rows: own.length, bytes: 0 }
      },
      close: async () => {},
    }
  },
  async write({ input, stage, config }) {
    const rows: unknown[] = []
    for await (const batch of input) {
      const kept = refuse(batch, config)
      for (let row = 0; row < kept.rows; row++) rows.push(kept.row(row))
    }
    const file = stage('.rows')
    writeFileSync(file, serialize(rows))
    return { rows: rows.length, bytes: 0, files: [file] }
  },
})
