import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Field, fixed, type Json, types } from '@headrace/runtime/sdk'
import { Bench, type Rows, writeSink } from '@headrace/runtime/testing'
import { connect } from '@lancedb/lancedb'
import { beforeEach } from 'vitest'
import lancedb from '../../sinks/lancedb.ts'

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
