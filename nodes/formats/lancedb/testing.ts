import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Field, fixed, type Json, type Receipt, realDisk, Schema, types } from '@headrace/runtime/sdk'
import { Bench, type Rows, writeSink } from '@headrace/runtime/testing'
import { connect } from '@lancedb/lancedb'
import { beforeEach } from 'vitest'
import lancedb from '../../sinks/lancedb.ts'
import { writeArrowPart } from '../ipc/part.ts'

/** For tests: rows with an id, a text and a vector. */
export const fields: Field[] = [
  { name: 'id', type: types.int64 },
  { name: 'text', type: types.string },
  { name: 'vector', type: fixed(types.float32, 4) },
]
export const row = (id: number | null, text = `text ${id}`) => ({
  id: id === null ? null : BigInt(id),
  text,
  vector: [Math.sin(id ?? 0), Math.cos(id ?? 0), 0.5, 1],
})

/** A split of such rows. */
export const split = (...ids: (number | null)[]): Rows => ({ fields, rows: ids.map((id) => row(id)), batchRows: 2 })

/** A fresh folder for each test; the store is `db` in it. */
export let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headrace-lance-'))
})

export const settings = (more: Record<string, Json> = {}) => ({ path: 'db', table: 't', ...more })

/** Writes splits to the table `t`. */
export const write = (more: Record<string, Json>, ...splits: Rows[]) =>
  writeSink(lancedb, settings(more), splits, new Bench(folder))

/** Reads the table with LanceDB itself. */
export async function stored(table = 't'): Promise<[number, string][]> {
  const connection = await connect(join(folder, 'db'))
  const rows = await (await connection.openTable(table)).query().toArray()
  connection.close()
  return rows.map(({ id, text }) => [Number(id), text])
}

/** The ids of the table's rows. */
export const ids = async () => (await stored()).map(([id]) => id)

/** Opens the sink as a run does. */
export const open = (
  more: Record<string, Json> = {},
  resumed: Json | null = null,
  models: { node: string; column: string; fingerprint: Json }[] = [],
  runId = 'run7',
  columns = fields,
  replay = false,
) =>
  lancedb.open({
    config: settings(more) as never,
    node: 'store',
    probe: null,
    schema: new Schema(columns),
    resolve: (path) => join(folder, path),
    disk: realDisk,
    runId,
    resumed,
    models,
    replay,
    log: () => {},
  })

/** Stages rows where a lane would. */
export async function stage(index: number, rows: Rows): Promise<Receipt> {
  const file = join(folder, 'db', `.run7-${index}.arrow.tmp`)
  let receipt: Receipt | undefined
  await writeSink(
    {
      ...lancedb,
      probe: async () => null,
      columns: () => {},
      open: fakeOpen,
      write: async (context) => {
        const { rows: count, bytes } = await writeArrowPart(context.disk, file, context.input)
        receipt = { rows: count, bytes, files: [file], data: { split: index } }
        return receipt
      },
    },
    settings(),
    [rows],
    new Bench(folder),
  )
  return receipt as Receipt
}
const fakeOpen = async () => ({
  stageFolder: folder,
  commit: async () => ({ state: null }),
  finish: async () => ({ path: '', rows: 0, bytes: 0 }),
  close: async () => {},
})
/** The ledger's part where no crash comes. */
export const intend = async () => {}
